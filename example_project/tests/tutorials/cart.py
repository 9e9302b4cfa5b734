from django.contrib.auth import get_user_model
from visitors import Client, text

page = text(Client().get("/books/1/"))
assert "data-cart-open" in page
assert "data-cart-add" in page
assert "dailyfresh_cart/cart.css" in page
guest = Client()
json = {"accept": "application/json"}
assert guest.post("/cart/add/", {"sku_id": 1, "quantity": 3}, headers=json).json()["ok"]
refused = guest.post("/cart/add/", {"sku_id": 1, "quantity": 1}, headers=json).json()
assert refused["code"] == "out_of_stock", refused
owner = get_user_model().objects.get(username="owner")
owner.set_password("once-upon-a-time-1")
owner.save()
assert '"/accounts/login/?next=' in text(Client().get("/cart/"))
guest.post("/accounts/login/", {"username": "owner", "password": "once-upon-a-time-1"})
mine = text(guest.get("/cart/"))
assert "Ulysses" in mine
assert "€89.70" in mine, mine
assert "Corner Books</title>" in mine
