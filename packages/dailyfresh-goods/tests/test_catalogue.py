"""The seams other packages use: the catalogue, the stock, structured checks of settings."""

from decimal import Decimal
from typing import Any

import pytest
from conftest import Shop
from dailyfresh_goods import services
from dailyfresh_goods.catalogue import Catalogue, Purchasable
from dailyfresh_goods.models import SKU, Band, GoodsType
from django.core.checks import run_checks
from django.db.models.sql.compiler import SQLCompiler

BIG = "9" * 40


def test_what_is_sold_under_an_id(shop: Shop, django_assert_num_queries: Any) -> None:
    sku, off = shop.sku("Apple", limit=3), shop.sku("Pear", on_sale=False)
    with django_assert_num_queries(1):
        found = Catalogue().find([str(sku.pk), str(off.pk)])
    assert found[str(sku.pk)] == Purchasable(
        sku_id=str(sku.pk),
        name="Apple",
        unit_price=Decimal("9.90"),
        unit="500g",
        image_name="skus/a.webp",
        image_url="/media/skus/a.webp",
        url=f"/goods-shop/goods/{sku.pk}/",
        on_sale=True,
        available=100,
        limit=3,
        groups=(f"type:{sku.type_id}",),
    )
    assert found[str(off.pk)].on_sale is False


def test_a_statement_is_made_once_for_so_many_lines(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    named = {str(shop.sku(name).pk): name for name in ("Apple", "Pear", "Plum", "Fig")}
    keys = [*named]
    assert {*Catalogue().find(keys[:3])} == {*keys[:3]}
    monkeypatch.setattr(SQLCompiler, "as_sql", lambda *args, **more: pytest.fail("made anew"))
    for wanted in ([*keys[1:], keys[1]], [*keys[:2], str(2**40)]):
        found = Catalogue().find(wanted)
        assert {key: item.name for key, item in found.items()} == {key: named[key] for key in {*keys} & {*wanted}}


def test_what_is_like_it_is_of_its_type_kept_alike_there_and_the_nearest_in_price(
    shop: Shop, django_assert_num_queries: Any
) -> None:
    sku = shop.sku("Apple", price=Decimal("5.00"))
    shop.sku("Dear", price=Decimal("9.00"))
    shop.sku("Near", price=Decimal("4.50"))
    shop.sku("Gone", price=Decimal("5.00"), stock=0)
    shop.sku("Off", price=Decimal("5.00"), on_sale=False)
    shop.sku("Frozen", price=Decimal("5.00"), storage="frozen")
    shop.sku("Loose", price=Decimal("5.00"), sold_by="weight", priced_by="weight")
    shop.sku("Prawns", price=Decimal("5.00"), type=GoodsType.objects.create(name="Seafood", slug="seafood"))
    with django_assert_num_queries(2):
        assert [each.name for each in Catalogue().similar(str(sku.pk))] == ["Near", "Dear"]
    assert Catalogue().similar("nothing") == []


@pytest.mark.parametrize("shape", ["0{}", " {}", "{} ", "+{}", "-{}", "{}.0", "abc", "", BIG, "\0", "None"])
def test_an_id_in_any_other_spelling_names_nothing(shape: str, shop: Shop, django_assert_num_queries: Any) -> None:
    sku = shop.sku()
    with django_assert_num_queries(0):
        assert Catalogue().find([shape.format(sku.pk)]) == {}


def test_digits_of_another_script_name_nothing(shop: Shop) -> None:
    sku = shop.sku()
    wide = str(sku.pk).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert Catalogue().find([wide]) == {}


def test_nothing_asked_costs_nothing(db: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert Catalogue().find([]) == {}


def test_the_stock_is_exact_and_off_sale_is_none(shop: Shop, browse: Any) -> None:
    sku, off = shop.sku(stock=7), shop.sku(on_sale=False)
    answer = browse(f"/stock/?sku_id={sku.pk}&sku_id={off.pk}&sku_id=0{sku.pk}&sku_id=x")
    assert answer.json() == {
        "ok": True,
        "code": "ok",
        "message": "",
        "data": {"stock": {str(sku.pk): 7, str(off.pk): 0}},
    }
    assert answer["Cache-Control"] == "no-store"


def test_a_course_has_no_limit_and_is_sent_nowhere(shop: Shop, browse: Any) -> None:
    course = shop.sku("Baking", stock=None, requires_shipping=False)
    assert course.band == Band.IN_STOCK
    found = Catalogue().find([str(course.pk)])[str(course.pk)]
    assert (found.available, found.requires_shipping) == (None, False)
    assert browse(f"/stock/?sku_id={course.pk}").json()["data"] == {"stock": {str(course.pk): None}}
    page = browse(course.get_absolute_url().removeprefix("/goods-shop")).content.decode()
    assert "https://schema.org/InStock" in page


def test_what_has_no_limit_is_in_stock_whatever_moves(shop: Shop) -> None:
    course = shop.sku("Baking", stock=0)
    services.change_skus(sku_ids=[str(course.pk)], stock=None)
    services.add_stock(sku_id=str(course.pk), pieces=-7)
    SKU.untracked.filter(pk=course.pk).update(band=Band.LOW)
    assert services.refresh_bands() == 1
    assert services.refresh_bands() == 0
    course.refresh_from_db()
    assert (course.stock, course.band) == (None, Band.IN_STOCK)


@pytest.mark.parametrize("query", ["", "?" + "&".join(f"sku_id={n}" for n in range(51))])
def test_the_stock_of_none_or_too_many_is_refused(query: str, db: None, browse: Any) -> None:
    answer = browse(f"/stock/{query}")
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"


def ids(**settings_: Any) -> list[str]:
    return [str(message.id) for message in run_checks(tags=["dailyfresh_goods", "urls"], **settings_)]


@pytest.fixture
def shared_cache(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, []),
        ({"PAGESIZE": 3}, ["W001"]),
        ({"CACHE": "nowhere"}, ["E001"]),
        ({"HISTORY": {"BACKEND": "nowhere.History"}}, ["E002"]),
        ({"HISTORY": {"BACKEND": "dailyfresh_goods.history.session.SessionHistory", "OPTIONS": {"long": 3}}}, ["E002"]),
        ({"HISTORY": {"BACKEND": "dailyfresh_goods.history.redis.RedisHistory"}}, ["E004"]),
        ({"SITE_URL": "shop.example"}, ["E002"]),
        ({"RATINGS": "nowhere.Ratings"}, ["E002"]),
        ({"BUY_URL": "nowhere:confirm"}, ["E003"]),
        ({"TASKS": "Celery"}, ["E006"]),
        ({"TASKS": ["celery"], "CACHE": {"default": 1}, "SITE_URL": ["x"], "BUY_URL": [], "RATINGS": 5}, ["E006"] * 5),
        ({"JQUERY_URL": None, "BUY_URL": None, "SITE_URL": None}, ["E006"]),
        ({"RATINGS": "decimal.Decimal"}, ["E002"]),
        ({"PAGE_SIZE": 0, "MAX_PAGE": 0, "STATIC_PAGES": 0, "DEBOUNCE": -1}, ["E006"] * 4),
        ({"LOW_STOCK": "10", "CACHE_SECONDS": True, "STALE_SECONDS": None, "NEW_GOODS": 1.5}, ["E006"] * 4),
        ({"LOW_STOCK": 0, "NEW_GOODS": 0, "STALE_SECONDS": 0, "HISTORY_SHOWN": 0, "DEBOUNCE": 0.5}, []),
        ({"PAGES": {"BACKEND": "dailyfresh_goods.pages.disk.DiskPages"}}, ["E002"]),
        ({"PAGES": {"BACKEND": "dailyfresh_goods.pages.disk.DiskPages", "OPTIONS": {"root": __file__}}}, ["E005"]),
    ],
)
def test_settings_that_cannot_work_are_named(
    given: dict[str, Any], expected: list[str], settings: Any, shared_cache: None
) -> None:
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, **given}
    settings.USE_I18N = False
    found = run_checks(tags=["dailyfresh_goods", "urls"])
    assert [str(message.id) for message in found] == [f"dailyfresh_goods.{number}" for number in expected]
    assert all(message.hint for message in found)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ["dailyfresh_goods.W004"]),
        ({"ROOT_URLCONF": "minisite.urls_languages"}, []),
        ({"LANGUAGES": [("en", "English")]}, []),
        ({"USE_I18N": False}, []),
        ({"MIDDLEWARE": []}, []),
    ],
)
def test_pages_whose_address_does_not_tell_their_language_are_named(
    given: dict[str, Any], expected: list[str], pages: Any, settings: Any, shared_cache: None
) -> None:
    for name, value in given.items():
        setattr(settings, name, value)
    assert ids() == expected


def test_a_cache_in_one_process_is_named_by_every_check(settings: Any) -> None:
    assert ids() == ["dailyfresh_goods.W002"]
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "CACHE": None}
    assert ids() == []


def test_pages_written_in_requests_are_named_before_deployment(pages: Any, shared_cache: None) -> None:
    assert "dailyfresh_goods.W003" not in ids()
    assert "dailyfresh_goods.W003" in ids(include_deployment_checks=True)


FILES = "django.core.files.storage.FileSystemStorage"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, []),
        ({"MEDIA_ROOT": ""}, ["dailyfresh_goods.W005"]),
        ({"MEDIA_URL": ""}, ["dailyfresh_goods.W005"]),
        ({"MEDIA_ROOT": "", "MEDIA_URL": ""}, ["dailyfresh_goods.W005"]),
        ({"MEDIA_ROOT": "", "STORAGES": {"default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}}, []),
        (
            {
                "MEDIA_ROOT": "",
                "MEDIA_URL": "",
                "STORAGES": {"default": {"BACKEND": FILES, "OPTIONS": {"location": "/srv/m", "base_url": "/m/"}}},
            },
            [],
        ),
    ],
)
def test_pictures_without_a_folder_or_an_address_are_named(
    given: dict[str, Any], expected: list[str], settings: Any, shared_cache: None
) -> None:
    for name, value in given.items():
        setattr(settings, name, value)
    found = run_checks(tags=["dailyfresh_goods"])
    assert [str(message.id) for message in found] == expected
    assert all(message.hint and "MEDIA_" in message.hint for message in found)
