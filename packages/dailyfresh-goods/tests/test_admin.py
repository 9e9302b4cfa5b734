"""The admin as a merchant uses it."""

import io
import json
import threading
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from conftest import Shop
from dailyfresh_goods import services
from dailyfresh_goods.models import (
    SKU,
    SPU,
    Band,
    GoodsImport,
    HomeBanner,
    HomeTypeGoods,
    Picture,
    PictureSource,
    StalePage,
)
from dailyfresh_goods.work import work_for
from django.apps import apps
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import F
from django.forms import ModelForm
from django.forms.models import BaseInlineFormSet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

HERE = "/admin/dailyfresh_goods"


class Form(HTMLParser):
    """What a browser would send of the form on a page."""

    def __init__(self, page: Any) -> None:
        super().__init__()
        self.data: dict[str, str] = {}
        self.open = ""
        self.feed(page.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value")
        if tag == "input" and given.get("type") not in ("submit", "file"):
            if given.get("type") != "checkbox" or "checked" in given:
                self.data[name] = value or "on" * (given.get("type") == "checkbox")
        elif tag in ("select", "textarea"):
            self.open, self.data[name] = name, ""
        elif tag == "option" and "selected" in given:
            self.data[self.open] = value or ""

    def handle_data(self, data: str) -> None:
        if self.open and self.lasttag == "textarea":
            self.data[self.open] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea"):
            self.open = ""


def upload(client: Client, text: str) -> Any:
    file = SimpleUploadedFile("goods.csv", text.encode(), content_type="text/csv")
    return client.post(f"{HERE}/sku/import/", {"file": file})


@pytest.mark.parametrize("model", ["sku", "spu", "goodstype", "homebanner", "promotion", "hometypegoods"])
def test_every_list_search_and_form_opens(model: str, shop: Shop, admin_client: Client) -> None:
    sku = shop.sku("Apple")
    sku.images.create(image="skus/b.webp")
    shop.home(sku)
    shop.banner(sku=sku)
    shop.promotion()
    assert admin_client.get(f"{HERE}/{model}/").status_code == 200
    assert admin_client.get(f"{HERE}/{model}/", {"q": "1"}).status_code == 200
    assert admin_client.get(f"{HERE}/{model}/add/").status_code == 200
    pk = apps.get_model("dailyfresh_goods", model).objects.first().pk
    assert admin_client.get(f"{HERE}/{model}/{pk}/change/").status_code == 200


def test_the_list_of_skus_costs_the_same_however_many(shop: Shop, admin_client: Client, settings: Any) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            admin_client.get(f"{HERE}/sku/")
        return len(asked)

    shop.many(3)
    cost()  # content types are read once
    few = cost()
    shop.many(40)
    assert cost() == few


def test_price_stock_and_sale_are_edited_in_the_list(shop: Shop, admin_client: Client) -> None:
    sku = shop.sku("Apple")
    StalePage.objects.all().delete()
    data = {
        "form-TOTAL_FORMS": 1,
        "form-INITIAL_FORMS": 1,
        "form-0-id": sku.pk,
        "form-0-price": "7.70",
        "form-0-stock": 0,
        "form-0-on_sale": "on",
        "_save": "Save",
    }
    assert admin_client.post(f"{HERE}/sku/", data).status_code == 302
    sku.refresh_from_db()
    assert (str(sku.price), sku.stock, sku.band) == ("7.70", 0, 0)
    assert StalePage.objects.filter(key=f"detail:{sku.pk}").exists()


PLACES = {
    "list": (f"{HERE}/sku/", "form-0-"),
    "form": (f"{HERE}/sku/{{sku.pk}}/change/", ""),
    "inline": (f"{HERE}/spu/{{sku.spu_id}}/change/", "skus-0-"),
}


def edit(client: Client, sku: SKU, place: str, sold: int, **typed: Any) -> None:
    """A merchant opens the page, some pieces are sold and the price moves, and the merchant saves what was typed."""
    url, prefix = (text.format(sku=sku) for text in PLACES[place])
    data = Form(client.get(url)).data
    SKU.untracked.filter(pk=sku.pk).update(stock=F("stock") - sold, sales=F("sales") + sold, origin="Shandong")
    services.mark_stock_changed(sku_ids=[str(sku.pk)])
    data |= {f"{prefix}{name}": value for name, value in typed.items()} | {"_save": "Save"}
    data = {name: value for name, value in data.items() if name not in ("action", "q")}
    assert client.post(url, data).status_code == 302
    sku.refresh_from_db()


@pytest.mark.parametrize("place", PLACES)
def test_saving_something_else_leaves_what_was_sold_meanwhile(place: str, shop: Shop, admin_client: Client) -> None:
    sku = shop.sku("Apple", stock=12)
    edit(admin_client, sku, place, 5, price="7.70")
    assert (str(sku.price), sku.stock, sku.sales, sku.band, sku.origin) == ("7.70", 7, 5, Band.LOW, "Shandong")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("typed", "left", "band"), [(30, 25, Band.IN_STOCK), (9, 4, Band.LOW), (2, 0, Band.SOLD_OUT)])
def test_a_stock_that_is_typed_counts_from_what_the_merchant_saw(
    place: str, typed: int, left: int, band: Band, shop: Shop, admin_client: Client
) -> None:
    sku = shop.sku("Apple", stock=12)
    edit(admin_client, sku, place, 5, stock=typed)
    assert (sku.stock, sku.sales, sku.band, str(sku.price)) == (left, 5, band, "9.90")


def test_a_sku_has_no_limit_once_its_own_page_says_so_and_may_be_counted_again(
    shop: Shop, admin_client: Client
) -> None:
    sku = shop.sku("Baking", stock=12)
    edit(admin_client, sku, "form", 5, stock="")
    assert (sku.stock, sku.band) == (None, Band.IN_STOCK)
    edit(admin_client, sku, "form", 0, stock=3)
    assert (sku.stock, sku.band) == (3, Band.LOW)


@pytest.mark.parametrize("place", ["list", "inline"])
def test_a_cell_that_is_cleared_in_a_row_of_many_is_asked_about(place: str, shop: Shop, admin_client: Client) -> None:
    sku = shop.sku("Apple", stock=12)
    url, prefix = (text.format(sku=sku) for text in PLACES[place])
    data = {name: value for name, value in Form(admin_client.get(url)).data.items() if name not in ("action", "q")}
    page = admin_client.post(url, data | {f"{prefix}stock": "", "_save": "Save"})
    assert "Say 0 where there is none" in page.content.decode()
    sku.refresh_from_db()
    assert sku.stock == 12


@pytest.mark.parametrize("place", PLACES)
def test_a_price_moved_meanwhile_stays(place: str, shop: Shop, admin_client: Client) -> None:
    sku = shop.sku("Apple", on_sale=True)
    url, prefix = (text.format(sku=sku) for text in PLACES[place])
    data = Form(admin_client.get(url)).data
    SKU.objects.filter(pk=sku.pk).update(price="8.80", on_sale=False)
    data = {name: value for name, value in data.items() if name not in ("action", "q")}
    admin_client.post(url, data | {f"{prefix}stock": 40, "_save": "Save"})
    sku.refresh_from_db()
    assert (str(sku.price), sku.on_sale, sku.stock) == ("8.80", False, 40)


def test_an_spu_is_made_with_its_packs_on_one_page(shop: Shop, admin_client: Client) -> None:
    data = {"name": "Pear", "detail": "<p>Juicy</p>", "specs": "", "skus-TOTAL_FORMS": 1, "skus-INITIAL_FORMS": 0}
    data |= {f"skus-0-{name}": value for name, value in {
        "name": "Pear", "unit": "1kg", "slug": "pear-1kg", "type": shop.fruit.pk, "price": "3.00", "stock": 5, "on_sale": "on",
    }.items()}  # fmt: skip
    assert admin_client.post(f"{HERE}/spu/add/", data).status_code == 302
    assert SPU.objects.get().skus.get().unit == "1kg"


def test_what_is_new_in_the_shop_is_made_on_the_page_of_its_sku_alone(shop: Shop, admin_client: Client) -> None:
    form = Form(admin_client.get(f"{HERE}/sku/add/")).data
    form |= {"name": "Kiwi", "unit": "6 pieces", "type": str(shop.fruit.pk), "price": "29.90", "stock": "30"}
    assert form["spu"] == ""
    assert admin_client.post(f"{HERE}/sku/add/", form).status_code == 302
    kiwi = SKU.objects.get(slug="kiwi-6-pieces")
    assert kiwi.spu.name == "Kiwi"
    again = Form(admin_client.get(f"{HERE}/sku/{kiwi.pk}/change/")).data | {"spu": ""}
    assert "This field is required." in admin_client.post(f"{HERE}/sku/{kiwi.pk}/change/", again).content.decode()


@pytest.mark.parametrize(("action", "on_sale"), [("put_on_sale", True), ("take_off_sale", False)])
def test_goods_go_on_and_off_sale_together(action: str, on_sale: bool, shop: Shop, admin_client: Client) -> None:
    skus = [shop.sku(on_sale=not on_sale) for _ in range(3)]
    StalePage.objects.all().delete()
    data = {"action": action, "_selected_action": [sku.pk for sku in skus[:2]]}
    page = admin_client.post(f"{HERE}/sku/", data, follow=True)
    assert "2 SKUs were changed" in page.content.decode()
    assert SKU.objects.filter(on_sale=on_sale).count() == 2
    assert StalePage.objects.filter(key="list:fruit").exists()


def test_goods_are_previewed_before_they_are_on_sale(shop: Shop, admin_client: Client, client: Client) -> None:
    sku = shop.sku("Secret pear", on_sale=False)
    assert "Secret pear" in admin_client.get(f"{HERE}/sku/{sku.pk}/preview/").content.decode()
    assert admin_client.get(f"{HERE}/sku/99/preview/").status_code == 404
    assert client.get(f"{HERE}/sku/{sku.pk}/preview/").status_code == 302
    assert client.get(sku.get_absolute_url()).status_code == 410


def test_a_bulk_deletion_marks_the_pages(shop: Shop, admin_client: Client) -> None:
    sku = shop.sku()
    StalePage.objects.all().delete()
    data = {"action": "delete_selected", "_selected_action": [sku.pk], "post": "yes"}
    admin_client.post(f"{HERE}/sku/", data)
    assert StalePage.objects.filter(key=f"detail:{sku.pk}").exists()


def test_an_export_is_a_file_to_take_away(shop: Shop, admin_client: Client) -> None:
    shop.sku("苹果", slug="apple")
    answer = admin_client.get(f"{HERE}/sku/export/")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "苹果" in text
    assert "attachment" in answer["Content-Disposition"]
    chosen = {"_selected_action": [SKU.objects.get().pk]}
    assert admin_client.post(f"{HERE}/sku/", {"action": "export_xlsx", **chosen}).content[:2] == b"PK"
    rows = json.loads(
        b"".join(admin_client.post(f"{HERE}/sku/", {"action": "export_json", **chosen}).streaming_content)
    )
    assert [row["name"] for row in rows] == ["苹果"]


def test_importing_takes_the_right_to_add_and_change(shop: Shop, client: Client) -> None:
    sku = shop.sku("Apple", slug="apple")
    user = User.objects.create_user("clerk", password="x", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_sku"))
    client.force_login(user)
    assert client.get(f"{HERE}/sku/import/").status_code == 403
    assert upload(client, "slug,price\napple,1.00\n").status_code == 403
    assert client.get(f"{HERE}/sku/export/").status_code == 200
    page = client.post(f"{HERE}/sku/", {"action": "take_off_sale", "_selected_action": [sku.pk]}, follow=True)
    assert "were changed" not in page.content.decode()
    sku.refresh_from_db()
    assert (sku.on_sale, str(sku.price)) == (True, "9.90")


def test_banners_are_ordered_by_their_numbers(shop: Shop, admin_client: Client) -> None:
    first, second = shop.banner("A", sort_order=1), shop.banner("B", sort_order=2)
    data = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2, "_save": "Save"}
    data |= {"form-0-id": first.pk, "form-0-sort_order": 5, "form-1-id": second.pk, "form-1-sort_order": 2}
    assert admin_client.post(f"{HERE}/homebanner/", data).status_code == 302
    assert [banner.title for banner in HomeBanner.objects.all()] == ["B", "A"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil.example", "data:text/html,x"])
def test_a_banner_cannot_lead_to_a_script(url: str, shop: Shop, admin_client: Client) -> None:
    banner = shop.banner()
    page = admin_client.post(f"{HERE}/homebanner/{banner.pk}/change/", {"title": "X", "url": url, "sort_order": 0})
    assert page.status_code == 200
    assert "A link begins with" in page.content.decode()


def test_a_banner_ends_after_it_starts(shop: Shop, admin_client: Client) -> None:
    banner = shop.banner()
    when = {"starts_at_0": "2026-01-02", "starts_at_1": "00:00", "ends_at_0": "2026-01-01", "ends_at_1": "00:00"}
    page = admin_client.post(f"{HERE}/homebanner/{banner.pk}/change/", {"title": "X", "sort_order": 0, **when})
    assert "It must end after it starts" in page.content.decode()


def test_the_same_goods_stand_once_in_a_place(shop: Shop, admin_client: Client) -> None:
    sku = shop.sku()
    shop.home(sku)
    page = admin_client.post(
        f"{HERE}/hometypegoods/add/", {"type": sku.type_id, "sku": sku.pk, "display": 1, "sort_order": 0}
    )
    assert page.status_code == 200
    assert HomeTypeGoods.objects.count() == 1


def test_a_list_shown_whole_can_be_saved(shop: Shop, admin_client: Client) -> None:
    shop.many(100)
    url = f"{HERE}/sku/?all="
    page = admin_client.get(url)
    assert page.context["cl"].show_all
    data = Form(page).data
    pk = data["form-99-id"]
    assert admin_client.post(url, data | {"form-99-price": "7.70", "_save": "Save", "action": ""}).status_code == 302
    assert str(SKU.objects.get(pk=pk).price) == "7.70"
    shop.many(1)
    assert len(admin_client.get(url).context["cl"].result_list) == 50


def test_an_spu_of_many_packs_can_be_saved(shop: Shop, admin_client: Client) -> None:
    spu = shop.many(40)[0].spu
    url = f"{HERE}/spu/{spu.pk}/change/"
    page = admin_client.get(url)
    assert f'<a href="{HERE}/sku/?spu={spu.pk}">' in page.content.decode()
    data = Form(page).data
    pk = data["skus-7-id"]
    shop.sku(spu=spu)  # a newer pack moves none of those that were shown
    assert admin_client.post(url, data | {"skus-7-price": "7.70", "_save": "Save"}).status_code == 302
    assert [str(price) for price in spu.skus.filter(pk=pk).values_list("price", flat=True)] == ["7.70"]
    assert spu.skus.filter(price="9.90").count() == 40


def save_without(sku: SKU, place: str, client: Client, before: Callable[[], Any]) -> str:
    """The page that answers a merchant who typed into the row of a SKU that is deleted by `before`, or while saving."""
    url, prefix = (text.format(sku=sku) for text in PLACES[place])
    data = {name: value for name, value in Form(client.get(url)).data.items() if name not in ("action", "q")}
    before()
    page = client.post(url, data | {f"{prefix}stock": 5, "_save": "Save"}, follow=True)
    assert page.status_code == 200
    return page.content.decode()


SAID = {"list": "deleted meanwhile", "form": "Perhaps it was deleted?", "inline": "deleted meanwhile"}


@pytest.mark.parametrize("place", PLACES)
def test_a_sku_deleted_while_its_page_is_open_is_named(place: str, shop: Shop, admin_client: Client) -> None:
    sku = shop.sku("Apple")
    assert SAID[place] in save_without(sku, place, admin_client, SKU.objects.filter(pk=sku.pk).delete)


@pytest.mark.parametrize("place", PLACES)
def test_a_sku_deleted_while_it_is_saved_is_named(
    place: str, transactional_db: None, admin_client: Client, monkeypatch: Any
) -> None:
    """Another process deletes it after the form was checked."""
    if connection.vendor == "sqlite":
        pytest.skip("a database in memory has one connection")
    sku = Shop().sku("Apple")
    checked = BaseInlineFormSet if place == "inline" else ModelForm
    save = checked.save

    def delete() -> None:
        SKU.objects.filter(pk=sku.pk).delete()
        connection.close()

    def late(form: Any, *args: Any, **kwargs: Any) -> Any:
        other = threading.Thread(target=delete)
        other.start()
        other.join()
        return save(form, *args, **kwargs)

    monkeypatch.setattr(checked, "save", late)
    assert SAID[place] in save_without(sku, place, admin_client, lambda: None)
    assert not SKU.objects.exists()


def test_a_picture_that_unpacks_to_too_much_is_refused_by_its_header(shop: Shop, admin_client: Client) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (6300, 6300)).save(out, "PNG")
    page = admin_client.post(f"{HERE}/goodstype/add/", {"logo": SimpleUploadedFile("a.png", out.getvalue())})
    assert "too many pixels" in page.content.decode()


@pytest.mark.parametrize("chosen", ["x", "9" * 40, "-1", "\x00"])
@pytest.mark.parametrize("page", ["homebanner", "hometypegoods", "promotion", "sku"])
def test_a_choice_that_no_row_can_be_is_named_and_no_fault(admin_client: Client, page: str, chosen: str) -> None:
    answer = admin_client.post(f"{HERE}/{page}/add/", {"sku": chosen, "spu": chosen})
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()


def test_details_are_a_plain_text_area_where_the_editor_is_not_installed(shop: Shop, admin_client: Client) -> None:
    page = admin_client.get(f"/admin/dailyfresh_goods/spu/{shop.sku().spu_id}/change/").content.decode()
    assert 'name="detail"' in page
    assert "data-df-editor" not in page
    assert "prose" not in page


def test_what_waits_in_the_catalogue_is_a_link_each_for_whoever_may_see_it(shop: Shop, admin_client: Client) -> None:
    sold_out, _low = shop.sku("Gone", stock=0), shop.sku("Few", stock=1)
    shop.sku("Off", stock=0, on_sale=False)
    GoodsImport.objects.create(name="x.csv", state="refused", dry_run=False)
    GoodsImport.objects.create(name="tried.csv", state="refused")
    Picture.objects.create(name="skus/bad.tif", refused="This is no picture.")
    PictureSource.objects.create(sku=sold_out, origin="https://img.example.com/a.png", error="The host was too slow.")
    StalePage.objects.create(key="/", failed_at=timezone.now(), reason="TemplateSyntaxError")
    jobs = work_for(User.objects.get(username="admin"))
    assert [(job.label, job.n) for job in jobs] == [
        ("Sold out", 1), ("Nearly sold out", 1), ("Files that were not taken in", 1), ("Pictures that cannot be shown", 1),
        ("Pictures that could not be fetched", 1), ("Pages that could not be made", 1),
    ]  # fmt: skip
    shown = [admin_client.get(job.url).content.decode() for job in jobs]
    for page, word in zip(
        shown, ("Gone", "Few", "x.csv", "bad.tif", "img.example.com", "TemplateSyntaxError"), strict=True
    ):
        assert word in page
    assert "Off" not in shown[0]
    assert work_for(User.objects.create_user("clerk", is_staff=True)) == []


def test_fields_in_rows_say_what_they_are_and_of_which_row(shop: Shop, admin_client: Client) -> None:
    shop.sku("Pear", unit="1kg")
    page = admin_client.get("/admin/dailyfresh_goods/sku/").content.decode()
    assert 'aria-label="Price Pear 1kg"' in page
    banner = admin_client.get("/admin/dailyfresh_goods/homebanner/add/").content.decode()
    assert banner.count("aria-label=") >= 4  # date and time of beginning and end
