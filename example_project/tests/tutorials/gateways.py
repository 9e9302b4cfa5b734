import re
from urllib.parse import parse_qs, urlsplit

from dailyfresh_orders.models import Order
from django.contrib.auth import get_user_model
from visitors import Client, ordered, text

waiting = ordered("1:1", method="till")
order = Order.objects.latest("placed_at")
assert order.state == "awaiting_payment", waiting
buyer = Client()
buyer.force_login(get_user_model().objects.get(username="owner"))
form = re.search('<form[^>]*action="/orders/pay/".*?</form>', waiting, re.S)[0]
hidden = dict(re.findall('<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form))
till = buyer.post("/orders/pay/", hidden).headers["Location"]
assert "Pay" in text(buyer.get(till))
asked = {name: values[0] for name, values in parse_qs(urlsplit(till).query).items()}
assert asked["notify"].startswith("https://shop.example/"), asked
notify = urlsplit(asked["notify"]).path
assert Client().post(notify, "slip=forged", content_type="application/x-www-form-urlencoded").status_code != 500
order.refresh_from_db()
assert order.state == "awaiting_payment"
paid = f"slip={asked['slip']}"
assert Client().post(notify, paid, content_type="application/x-www-form-urlencoded").content == b"success"
order.refresh_from_db()
assert order.state == "to_ship"
