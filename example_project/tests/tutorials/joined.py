from books.models import Book
from visitors import ADDRESS, Client, fields, registered, text

page = text(Client().get("/books/1/"))
assert "data-cart-add" in page
assert "?buy=1:1" in page
assert "Reading lamp" in text(Client().get("/shop/"))
buyer = registered("/users/")
buyer.post("/users/addresses/add/", ADDRESS)
buyer.post("/cart/add/", {"sku_id": 1, "quantity": 2})
buyer.post("/cart/add/", {"sku_id": 2, "quantity": 1})
assert "data-cart-checkout" in text(buyer.get("/cart/"))
confirm = buyer.get("/orders/confirm/?sku_id=1&sku_id=2")
assert "7 Eccles Street" in text(confirm)
placed = buyer.post("/orders/place/", fields(confirm) | {"payment_method": "cod"})
assert placed.status_code == 302, text(placed)
assert Book.objects.get(pk=1).copies == 1
assert "Ulysses" not in text(buyer.get("/cart/"))
