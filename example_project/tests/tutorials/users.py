from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from visitors import ADDRESS, NAME, Client, registered, text

assert settings.AUTH_USER_MODEL == "auth.User"
assert '<a href="/users/login/">' in text(Client().get("/"))
newcomer = registered("/users/")
assert f'<a href="/users/">{NAME}</a>' in text(newcomer.get("/"))
newcomer.post("/users/addresses/add/", ADDRESS)
assert "7 Eccles Street" in text(newcomer.get("/users/addresses/"))
owner = get_user_model().objects.get(username="owner")
owner.set_password("once-upon-a-time-1")
owner.save()
known, guesser = Client(), Client()
right = {"username": "owner", "password": "once-upon-a-time-1"}
assert known.post("/users/login/", right).status_code == 302
known.post("/users/logout/")
# The waits double, so that one of them outlasts a guess on any machine.
guesses = (guesser.post("/users/login/", {"username": "owner", "password": "wrong"}) for _ in range(20))
assert 429 in (guess.status_code for guess in guesses)
assert known.post("/users/login/", right).status_code == 302
call_command("dailyfresh_users_drain")
