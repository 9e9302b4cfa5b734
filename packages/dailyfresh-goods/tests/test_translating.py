"""What the goods say in other languages: edited in the admin, taken in and given out by the file."""

import io
import json
import re
from typing import Any

import pytest
from conftest import Shop
from dailyfresh_core.exchange import BadFile
from dailyfresh_goods.import_export.columns import all_columns, column_of, label_of
from dailyfresh_goods.models import SKU, SPU, GoodsType, HomeBanner
from dailyfresh_goods.services import Report, export_goods, import_goods, read_goods
from django.forms import modelform_factory
from django.test import Client

PAGE = "/admin/dailyfresh_goods/"


@pytest.fixture(autouse=True)
def languages(settings: Any) -> None:
    settings.LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("de", "Deutsch")]


def taken(*rows: dict[str, Any]) -> Report:
    return import_goods(rows=read_goods(io.BytesIO(json.dumps(rows).encode()), "goods.json"))


def inputs(html: str) -> dict[str, str]:
    """Name -> value of what a form would send."""
    sent = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', html))
    sent |= dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\s?([^<]*)</textarea>', html))
    sent |= dict(re.findall(r'<select name="([^"]+)".*?<option value="([^"]*)" selected', html, re.DOTALL))
    return {name: value.replace("&quot;", '"') for name, value in sent.items() if not name.startswith("_")}


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("name (zh-hans)", "name (zh-hans)"), ("名称（zh-hans）", "name (zh-hans)"), ("Title(DE)", "name (de)"),
        ("产地 (Deutsch)", "origin (de)"), ("detail (简体中文)", "detail (zh-hans)"), ("spu name (de)", "spu_name (de)"),
        ("name (en)", "name"), ("name (fr)", ""), ("price (de)", ""), ("barcode (de)", ""), ("slug (de)", ""),
    ],
)  # fmt: skip
def test_a_heading_says_its_language_by_code_or_name(heading: str, column: str) -> None:
    assert column_of(heading) == column


def test_every_column_of_a_language_is_known_and_named_for_staff() -> None:
    own = [column for column in all_columns() if column.endswith("(de)")]
    assert own == [
        f"{name} (de)" for name in ("name", "description", "unit", "origin", "label", "spu_name", "detail", "specs")
    ]
    assert {column: column_of(column) for column in own} == {column: column for column in own}
    assert label_of("unit (de)") == "unit (de) · unit · Deutsch"


def test_missing_empty_and_cleared_are_three_things_in_every_language(shop: Shop) -> None:
    told = {"zh-hans": {"name": "梨", "unit": "盒"}, "de": {"name": "Birne", "unit": "Schale"}}
    pear = shop.sku("Pear", slug="pear", translations=told)
    row = {
        "slug": "pear",
        "name (zh-hans)": "香梨",
        "name (de)": "[clear]",
        "unit (de)": "",
        "detail (de)": "<p>Süß</p><script>x</script>",
    }
    assert taken(row).changed == 1
    pear.refresh_from_db()
    assert pear.translations == {"zh-hans": {"name": "香梨", "unit": "盒"}, "de": {"unit": "Schale"}}
    assert SPU.objects.get(pk=pear.spu_id).translations == {"de": {"detail": "<p>Süß</p>"}}
    assert taken(row).unchanged == 1
    assert taken({"slug": "pear", "price": "3.50"}).changed == 1
    pear.refresh_from_db()
    assert pear.translations["zh-hans"]["name"] == "香梨"


def test_new_goods_come_with_their_translations(shop: Shop) -> None:
    new = {"slug": "pear", "type": "fruit", "name": "Pear", "price": "3.5", "unit": "1kg"}
    assert (
        taken(
            new | {"name (de)": "Birne"}, new | {"slug": "pear-2", "spu": "pear", "specs (de)": "Farbe: grün"}
        ).created
        == 2
    )
    pear, two = SKU.objects.order_by("slug").select_related("spu")
    assert (pear.translations, two.translations) == ({"de": {"name": "Birne"}}, {})
    assert pear.spu.translations == {"de": {"name": "Birne", "specs": "Farbe: grün"}}


def test_a_translation_is_no_longer_than_the_text_may_be(shop: Shop) -> None:
    shop.sku("Pear", slug="pear")
    report = taken({"slug": "pear", "label (de)": "x" * 13})
    assert [(problem.column, report.bad) for problem in report.problems] == [("label (de)", 1)]


def test_a_language_that_the_shop_does_not_speak_is_named(shop: Shop) -> None:
    with pytest.raises(BadFile, match="name .fr."):
        taken({"slug": "pear", "name (fr)": "Poire"})


def test_a_shop_of_one_language_gives_no_column_more(shop: Shop, settings: Any, admin_client: Client) -> None:
    shop.sku("Pear", slug="pear")
    settings.LANGUAGES = [("en", "English")]
    assert not [name for row in export_goods(skus=SKU.objects.all()) for name in row if "(" in name]
    assert "translations-" not in admin_client.get(f"{PAGE}sku/{SKU.objects.get().pk}/change/").content.decode()
    assert "translations" not in modelform_factory(GoodsType, fields=["name", "translations"]).base_fields


def test_what_another_told_meanwhile_stays(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    pear = shop.sku("Pear", slug="pear")
    lock = "dailyfresh_goods.services.importing.upserts.lock_in_order"
    other = {"zh-hans": {"name": "梨"}}
    monkeypatch.setattr(lock, lambda rows: SKU.untracked.filter(pk=pear.pk).update(translations=other))
    assert taken({"slug": "pear", "name (de)": "Birne"}).changed == 1
    pear.refresh_from_db()
    assert pear.translations == {"zh-hans": {"name": "梨"}, "de": {"name": "Birne"}}


@pytest.mark.parametrize("place", ["sku", "spu", "goodstype", "homebanner"])
def test_each_text_has_an_input_for_each_language_beside_what_the_shop_says(
    place: str, shop: Shop, admin_client: Client
) -> None:
    told = {"fr": {"name": "Poire", "title": "Poire"}, "de": {"name": "Alt", "title": "Alt"}}
    pear = shop.sku("Pear", slug="pear")
    row: Any = {"sku": pear, "spu": pear.spu, "goodstype": shop.fruit, "homebanner": shop.banner()}[place]
    type(row).untracked.filter(pk=row.pk).update(translations=told)
    row.refresh_from_db()
    kept = {
        code: {name: text for name, text in texts.items() if name in row.TRANSLATED} for code, texts in told.items()
    }
    page = f"{PAGE}{place}/{row.pk}/change/"
    html = admin_client.get(page).content.decode()
    names = {f"translations-{code}-{name}" for code in ("zh-hans", "de") for name in row.TRANSLATED}
    sent = inputs(html)
    assert names <= sent.keys()
    first = row.TRANSLATED[0]
    assert sent[f"translations-de-{first}"] == "Alt"
    answer = admin_client.post(page, sent)
    assert answer.status_code == 302, re.findall(r"errorlist.*?</ul>", answer.content.decode(), re.DOTALL)
    sent |= {f"translations-zh-hans-{first}": "梨 & 桃", f"translations-de-{first}": " "}
    assert admin_client.post(page, sent).status_code == 302
    row.refresh_from_db()
    assert row.translations == {"fr": kept["fr"], "zh-hans": {first: "梨 & 桃"}}


def test_a_text_that_is_too_long_is_said_beside_its_language(shop: Shop, admin_client: Client) -> None:
    page = f"{PAGE}goodstype/{shop.fruit.pk}/change/"
    sent = inputs(admin_client.get(page).content.decode()) | {"translations-de-name": "x" * 41}
    html = admin_client.post(page, sent).content.decode()
    assert "Name (de): Ensure this value has at most 40 characters" in html
    assert f'value="{"x" * 41}"' in html
    assert GoodsType.objects.get(pk=shop.fruit.pk).translations == {}


def test_saving_something_else_leaves_the_translations_that_another_told_meanwhile(
    shop: Shop, admin_client: Client
) -> None:
    pear = shop.sku("Pear", slug="pear")
    page = f"{PAGE}sku/{pear.pk}/change/"
    sent = inputs(admin_client.get(page).content.decode()) | {"name": "Pears"}
    SKU.objects.filter(pk=pear.pk).update(translations={"de": {"name": "Birne"}})
    assert admin_client.post(page, sent).status_code == 302
    pear.refresh_from_db()
    assert (pear.name, pear.translations) == ("Pears", {"de": {"name": "Birne"}})


def test_a_form_of_a_site_takes_the_same_inputs(shop: Shop) -> None:
    made = modelform_factory(HomeBanner, fields=["title", "translations"])
    form = made({"title": "Harvest", "translations-de-title": "Ernte"}, instance=shop.banner())
    assert form.is_valid(), form.errors
    assert form.save().translations == {"de": {"title": "Ernte"}}
    assert 'name="translations-de-title" value="Ernte" maxlength="60"' in str(form["translations"])
