from books.models import Book
from dailyfresh_orders.models import Order
from django.contrib.auth import get_user_model
from django.core.management import call_command
from visitors import Client, fields, text

owner = get_user_model().objects.get(username="owner")
buyer = Client()
assert "?buy=1:1" in text(buyer.get("/books/1/"))
asked = buyer.get("/orders/confirm/?buy=1:1", follow=True)
assert asked.redirect_chain[0][0].startswith("/accounts/login/?next="), asked.redirect_chain
assert "Sign in" in text(asked)
owner.set_password("once-upon-a-time-1")
owner.save()
credentials = {"username": "owner", "password": "once-upon-a-time-1"}
confirm = buyer.post(f"{asked.request['PATH_INFO']}?{asked.request['QUERY_STRING']}", credentials, follow=True)
to_places = text(confirm).split('href="/places/add/')[1].split('"')[0].replace("&amp;", "&")
place = {"receiver": "Molly", "phone": "13800136021", "city": "Dublin", "street": "7 Eccles Street"}
confirm = buyer.post(f"/places/add/{to_places}", place, follow=True)
assert "<dd data-freight>€3.90</dd>" in text(confirm)
placed = buyer.post("/orders/place/", fields(confirm) | {"address": "1", "payment_method": "cod"})
assert placed.status_code == 302
order = Order.objects.get()
assert order.number in text(buyer.get("/orders/"))
assert order.number in text(buyer.get("/admin/dailyfresh_orders/order/"))
for _ in range(2):
    confirm = buyer.get("/orders/confirm/?buy=1:1")
    buyer.post("/orders/place/", fields(confirm) | {"address": "1", "payment_method": "cod"})
assert Book.objects.get(pk=1).copies == 0
last = buyer.get("/orders/confirm/?buy=1:1", follow=True).content.decode()
assert "sold out" in last.lower(), last
call_command("drain_orders")
