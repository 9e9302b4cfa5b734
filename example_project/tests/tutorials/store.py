from dailyfresh_goods.models import SKU
from dailyfresh_orders.models import Order
from dailyfresh_users.addresses import AddressBook
from django.contrib.auth import get_user_model
from visitors import ADDRESS, NAME, Client, fields, registered, text

berries = SKU.objects.get(slug="strawberries")
home = text(Client().get("/"))
assert "Strawberries" in home
assert "data-cart-open" in home
assert "data-cart-add" in text(Client().get("/list/Fruit/"))
page = text(Client().get(f"/goods/{berries.pk}/"))
assert f'data-cart-put="{berries.pk}"' in page
buyer = registered()
for address in ("/", f"/goods/{berries.pk}/", "/cart/"):
    assert "My account" in text(buyer.get(address)), "the same for whoever is signed in and whoever is not"
    assert "My account" in text(Client().get(address))
buyer.post("/cart/add/", {"sku_id": berries.pk, "quantity": 2})
buyer.post("/user/addresses/add/", ADDRESS)
cart = {"line": berries.pk, "sku_id": berries.pk, f"quantity-{berries.pk}": 2, "action": "checkout"}
confirm = buyer.get(buyer.post("/cart/update/", cart).headers["Location"])
chosen = AddressBook().choices(get_user_model().objects.get(username=NAME))[0].id
buyer.post("/orders/place/", fields(confirm) | {"address": chosen, "payment_method": "cod"})
assert SKU.objects.get(pk=berries.pk).stock == 38
owner = Client()
owner.force_login(get_user_model().objects.get(username="owner"))
assert Order.objects.get().number in text(owner.get("/admin/dailyfresh_orders/order/"))
