"""Who changed what of the goods, and addresses that are made of names."""

import io
from decimal import Decimal

import pytest
from conftest import Shop
from dailyfresh_goods import services
from dailyfresh_goods.models import SKU, GoodsChange, GoodsType
from django.contrib.auth.models import Permission, User
from django.test import Client
from test_admin import HERE, Form


def noted() -> list[tuple[str, str, str, str]]:
    return list(GoodsChange.objects.order_by("pk").values_list("column", "was", "became", "by"))


def test_a_price_and_a_stock_that_were_typed_are_noted_with_their_hand(shop: Shop, admin_client: Client) -> None:
    sku = shop.sku()
    url = f"{HERE}/sku/{sku.pk}/change/"
    was = sku.stock
    data = Form(admin_client.get(url)).data | {"price": "12.34", "stock": str(was + 5)}

    assert admin_client.post(url, data).status_code == 302

    assert noted() == [("price", str(sku.price), "12.34", "admin"), ("stock", str(was), str(was + 5), "admin")]
    page = admin_client.get(f"{HERE}/goodschange/", headers={"accept-language": "zh-hans"}).content.decode()
    assert "12.34" in page
    assert ">库存</a>" in page  # the filter says it as the form does


def test_what_nobody_typed_is_not_noted(shop: Shop, admin_client: Client) -> None:
    sku = shop.sku()
    url = f"{HERE}/sku/{sku.pk}/change/"
    data = Form(admin_client.get(url)).data | {"label": "hot"}
    services.add_stock(sku_id=str(sku.pk), pieces=-1)
    admin_client.post(url, data)
    assert noted() == []


def test_rows_of_the_list_and_of_the_spu_and_the_actions_are_noted_too(shop: Shop, admin_client: Client) -> None:
    sku = shop.sku()
    data = Form(admin_client.get(f"{HERE}/sku/")).data
    row = next(
        name.removesuffix("-id") for name, value in data.items() if name.endswith("-id") and value == str(sku.pk)
    )
    admin_client.post(f"{HERE}/sku/", data | {f"{row}-price": "3.00", "_save": "1"})
    url = f"{HERE}/spu/{sku.spu_id}/change/"
    data = Form(admin_client.get(url)).data
    row = next(
        name.removesuffix("-id") for name, value in data.items() if name.endswith("-id") and value == str(sku.pk)
    )
    admin_client.post(url, data | {f"{row}-price": "4.00"})
    admin_client.post(f"{HERE}/sku/", {"action": "take_off_sale", "_selected_action": [sku.pk]})

    assert [(column, became, by) for column, _was, became, by in noted()] == [
        ("price", "3.00", "admin"),
        ("price", "4.00", "admin"),
        ("on_sale", "False", "admin"),
    ]


def test_a_change_that_fails_leaves_no_note(shop: Shop) -> None:
    sku = shop.sku()

    def fail() -> None:
        with services.noting(pks=[sku.pk], by="x"):
            SKU.objects.filter(pk=sku.pk).update(price=Decimal(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert noted() == []


def test_the_notes_are_read_by_whoever_may_and_changed_by_nobody(shop: Shop, client: Client) -> None:
    sku = shop.sku()
    with services.noting(pks=[sku.pk], by="x"):
        services.change_skus(sku_ids=[str(sku.pk)], price=Decimal(1))
    clerk = User.objects.create_user("clerk", password="x", is_staff=True)  # noqa: S106
    client.force_login(clerk)
    assert client.get(f"{HERE}/goodschange/").status_code == 403
    clerk.user_permissions.add(Permission.objects.get(codename="view_goodschange"))
    assert client.get(f"{HERE}/goodschange/").status_code == 200
    note = GoodsChange.objects.get()
    assert client.post(f"{HERE}/goodschange/{note.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_slug_that_is_left_empty_is_the_name_in_pinyin_and_no_two_are_the_same(shop: Shop) -> None:
    pytest.importorskip("pypinyin", reason="the extra search")
    assert services.slug_for(GoodsType, "新鲜水果") == "xin-xian-shui-guo"
    assert services.slug_for(SKU, "红颜草莓", "300g/盒") == "hong-yan-cao-mei-300g-he"
    GoodsType.objects.create(name="新鲜水果", slug="xin-xian-shui-guo")
    assert services.slug_for(GoodsType, "新鲜水果") == "xin-xian-shui-guo-2"
    assert services.slug_for(SKU, "💯").startswith("goods-")


def test_a_merchant_adds_a_type_without_thinking_of_its_address(shop: Shop, admin_client: Client) -> None:
    data = Form(admin_client.get(f"{HERE}/goodstype/add/")).data | {"name": "Cold drinks", "slug": ""}
    assert admin_client.post(f"{HERE}/goodstype/add/", data).status_code == 302
    assert GoodsType.objects.get(name="Cold drinks").slug == "cold-drinks"


def test_what_a_file_sets_is_noted_with_its_name_and_whoever_brought_it(shop: Shop, admin_user: User) -> None:
    sku = shop.sku(slug="pear", price=Decimal("3.00"), stock=9)
    text = "slug,type,name,price,unit,stock\npear,fruit,Pear,3.50,1kg,7\nnew,fruit,New,1,1kg,5\n"
    upload = services.keep_import(file=io.BytesIO(text.encode()), name="monday.csv", by=admin_user)
    services.begin_import(upload=upload, dry_run=False)

    services.run_imports()

    assert noted() == [("price", "3.00", "3.50", "admin"), ("stock", "9", "7", "admin")]
    assert set(GoodsChange.objects.values_list("sku", "why")) == {(sku.pk, "monday.csv")}
