from pathlib import Path

from dailyfresh_goods.models import SKU
from visitors import Client, text

home = text(Client().get("/shop/"))
assert "Reading lamp" in home
assert "Sold out" in home
assert "Corner Books</title>" in home
ladder = SKU.objects.get(slug="ladder")
written = Path("pages/current/shop/index.html")
assert "<b>189</b>" in written.read_text(encoding="utf-8")
ladder.price = "179.00"
ladder.save()
assert "<b>179</b>" in text(Client().get("/shop/"))
