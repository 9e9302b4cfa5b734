"""Settings, checks and freight: what is wrong is said before anybody buys."""

import inspect
import subprocess
import sys
from decimal import Decimal
from types import ModuleType

import pytest
from conftest import minisite_env
from dailyfresh_orders import conf as conf_module
from dailyfresh_orders.checks import (
    check_backends,
    check_database,
    check_joins,
    check_pictures,
    check_settings,
    check_urls,
)
from dailyfresh_orders.freight import freight
from dailyfresh_orders.schedule import SCHEDULE
from django.core.checks import Error
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from minisite.shop.joins import Address

SIBLINGS = ("dailyfresh_users", "dailyfresh_goods", "dailyfresh_cart", "django_fdfs")


@pytest.fixture
def configure(settings):
    def change(**more):
        settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | more

    return change


def ids(messages):
    return [message.id.removeprefix("dailyfresh_orders.") for message in messages]


def stock(backend="conditional.ConditionalStock", **options):
    return {
        "BACKEND": f"dailyfresh_orders.stock.{backend}",
        "OPTIONS": {"model": "shop.Product", "stock_field": "pieces"} | options,
    }


def test_the_mini_site_is_all_right(configure):
    configure(TASKS="celery")
    assert [*check_settings(None), *check_joins(None), *check_backends(None)] == []


def test_no_default_names_another_package_of_the_suite():
    source = inspect.getsource(conf_module)
    assert [name for name in SIBLINGS if name in source] == []


def test_an_unknown_key_is_told_with_the_nearest_known_one(configure):
    configure(CATALOG="x")
    (message, _inline) = check_settings(None)
    assert (message.id, message.hint) == ("dailyfresh_orders.W001", "Did you mean 'CATALOGUE'?")


@pytest.mark.parametrize(
    ("setting", "value", "wanted"),
    [
        ("TASKS", "Celery", '"celery", "inline", or None: inline unless there is a Celery app'),
        ("PAY_MINUTES", 0, "a whole number from 1 on"),
        ("PAGE_SIZE", "10", "a whole number from 1 on"),
        ("MAX_LINES", True, "a whole number from 1 on"),
        ("REVIEW_PICTURES", -1, "a whole number from 0 on"),
        ("REVIEWS_MODERATED", "no", "True or False"),
        ("JQUERY_URL", 7, "text or None"),
        ("PUBLIC_URL", "shop.example", 'scheme and host ("https://shop.example"), or None'),
        ("GATEWAYS", ["cod"], "a dict: code -> backend"),
    ],
)
def test_a_value_that_would_fail_late_is_an_error_that_says_what_is_wanted(configure, setting, value, wanted):
    configure(**{setting: value})
    (error,) = (each for each in check_settings(None) if each.id != "dailyfresh_orders.W002")
    assert (error.id, error.hint) == ("dailyfresh_orders.E006", f"It must be {wanted}.")


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [
        ("CATALOGUE", None, "E001"),
        ("CATALOGUE", "minisite.nowhere.Catalogue", "E002"),
        ("CATALOGUE", "minisite.shop.joins.Nobody", "E002"),
        ("CATALOGUE", 7, "E002"),
        ("BASKET", "minisite.shop.joins.Catalogue", "E003"),
    ],
)
def test_a_join_that_does_not_fit_is_an_error(configure, setting, value, expected):
    configure(**{setting: value})
    assert ids(check_joins(None)) == [expected]


def test_a_join_speaks_for_itself_where_it_has_a_check(configure, monkeypatch):
    said = Error("This basket is not to be used here.", id="shop.E001")
    monkeypatch.setattr("minisite.shop.joins.Basket.check", lambda self: [said], raising=False)
    assert check_joins(None) == [said]


def test_urls_that_are_not_included_are_told(settings):
    assert check_urls(None) == []
    settings.ROOT_URLCONF = ModuleType("bare", "a site with no page of ours")
    settings.ROOT_URLCONF.urlpatterns = []
    assert ids(check_urls(None)) == ["W007"]


def test_a_site_without_a_basket_is_fine(configure):
    configure(BASKET=None)
    assert check_joins(None) == []


@pytest.mark.parametrize(
    ("settings_dict", "words"),
    [
        ({"STOCK": {}}, 'STOCK"] must be'),
        ({"STOCK": stock(colour="red")}, "unknown option 'colour'"),
        ({"STOCK": {"BACKEND": "dailyfresh_orders.stock.conditional.ConditionalStock"}}, "model is missing"),
        ({"STOCK": stock(model="shop.Nothing")}, "no model 'shop.Nothing'"),
        ({"STOCK": stock(stock_field="nothing")}, "nothing"),
        (
            {"STOCK": stock(model="shop.InBasket", stock_field="quantity", available_filter={"user__is_active": True})},
            "other tables",
        ),
        ({"STOCK": stock(available_filter={"nothing": 1})}, "nothing"),
        ({"STOCK": stock(available_filter={"title__icontains": "x"})}, "it knows the lookups exact, gt"),
        ({"STOCK": stock(available_filter={"title__in": []})}, "it knows the lookups"),
        ({"STOCK": stock(id_field="title")}, "not unique"),
        ({"STOCK": {"BACKEND": "dailyfresh_orders.freight.flat.FlatFreight"}}, "is no Stock"),
        (
            {"FREIGHT": {"BACKEND": "dailyfresh_orders.freight.flat.FlatFreight", "OPTIONS": {"amount": 9.9}}},
            "is no amount",
        ),
        (
            {"FREIGHT": {"BACKEND": "dailyfresh_orders.freight.flat.FlatFreight", "OPTIONS": {"amount": "-1"}}},
            "is no amount",
        ),
        (
            {"FREIGHT": {"BACKEND": "dailyfresh_orders.freight.flat.FreeFromFreight", "OPTIONS": {"amount": "1"}}},
            "free_from is missing",
        ),
        ({"GATEWAYS": {}}, "no way to pay"),
    ],
)
def test_a_backend_that_cannot_work_is_told_with_its_place(configure, settings_dict, words):
    configure(**settings_dict)
    messages = check_backends(None)
    assert len(messages) == 1
    assert words in str(messages[0].msg)


def test_a_gateway_that_does_not_take_the_shops_currency_is_an_error(settings):
    settings.DAILYFRESH = {"CURRENCY": "EUR"}
    (found,) = check_backends(None)
    assert (found.id, found.msg) == (
        "dailyfresh_orders.E007",
        "DAILYFRESH_ORDERS[\"GATEWAYS\"]['voucher'] takes CNY, and prices are in EUR.",
    )


def test_a_share_that_is_none_or_that_the_delivery_cannot_bound_is_told(configure, monkeypatch):
    configure(HELD_SHARE=50)
    assert ids(check_joins(None)) == ["E014"]
    configure(HELD_SHARE=0.5, DELIVERY="minisite.shop.delivery.Delivery")
    assert ids(check_joins(None)) == ["E008"]  # FREIGHT beside it
    monkeypatch.delattr("minisite.shop.delivery.Delivery.lock")
    assert ids(check_joins(None)) == ["E008", "W010"]


def test_sqlite_should_begin_immediately(monkeypatch):
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("for SQLite")
    assert check_database(None, databases=["default"]) == []
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {})
    assert ids(check_database(None, databases=["default"])) == ["W004"]
    assert check_database(None, databases=[]) == []


def test_optimistic_retries_want_read_committed(configure, monkeypatch):
    from django.db import connection

    monkeypatch.setattr(connection, "vendor", "mysql")
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {"isolation_level": "repeatable read"})
    assert check_database(None, databases=["default"]) == []
    configure(STOCK=stock("optimistic.OptimisticStock"))
    assert ids(check_database(None, databases=["default"])) == ["W005"]
    configure(STOCK=stock(), HELD_SHARE=0.5)
    assert ids(check_database(None, databases=["default"])) == ["W011"]


def test_a_database_that_waits_long_for_locks_is_told(server):
    script = """
import django; django.setup()
from django.db import connection
from dailyfresh_orders.checks import check_lock_wait
cursor = connection.cursor()
wait = {"mysql": "SET SESSION innodb_lock_wait_timeout = %s", "postgresql": "SET lock_timeout = '%ss'"}[connection.vendor]
for seconds in (50, 5):
    cursor.execute(wait % seconds)
    print([message.id for message in check_lock_wait(None, databases=["default"])])
"""
    done = subprocess.run([sys.executable, "-c", script], env=minisite_env(server), capture_output=True, text=True)
    assert done.stdout.split("\n")[:2] == ["['dailyfresh_orders.W006']", "[]"], done.stderr


def test_every_task_that_beat_is_to_call_is_there():
    assert all(callable(import_string(entry["task"])) for entry in SCHEDULE.values())


HERE, FAR = Address("1", "x", "11"), Address("2", "x", "54")


@pytest.mark.parametrize(
    ("backend", "options", "total", "address", "cost"),
    [
        ("flat.FlatFreight", {}, "1", HERE, "0.00"),
        ("flat.FlatFreight", {"amount": "8"}, "1000", FAR, "8.00"),
        ("flat.FreeFromFreight", {"amount": "8", "free_from": "59"}, "58.99", HERE, "8.00"),
        ("flat.FreeFromFreight", {"amount": "8", "free_from": "59"}, "59.00", HERE, "0.00"),
        ("province.ProvinceFreight", {"amount": "8", "provinces": {"54": "30"}}, "1", FAR, "30.00"),
        ("province.ProvinceFreight", {"amount": "8", "provinces": {"54": "30"}}, "1", HERE, "8.00"),
        ("province.ProvinceFreight", {"amount": "8", "provinces": {"54": "30"}}, "1", None, "8.00"),
        ("province.ProvinceFreight", {"amount": "8", "provinces": {"54": "30"}, "free_from": "99"}, "99", FAR, "0.00"),
    ],
)
def test_freight_follows_its_rule(configure, backend, options, total, address, cost):
    configure(FREIGHT={"BACKEND": f"dailyfresh_orders.freight.{backend}", "OPTIONS": options})
    assert str(freight().cost(Decimal(total), address)) == cost


def test_a_wrong_setting_names_its_place_when_it_is_used(configure):
    configure(FREIGHT={"BACKEND": "dailyfresh_orders.freight.flat.FlatFreight", "OPTIONS": {"ammount": "1"}})
    with pytest.raises(
        ImproperlyConfigured, match=r'DAILYFRESH_ORDERS\["FREIGHT"\]\["OPTIONS"\]: unknown option .ammount.'
    ):
        freight()


def test_alipay_without_its_extra_is_a_sentence_that_names_it(configure, monkeypatch):
    monkeypatch.setitem(sys.modules, "alipay", None)
    for module in ("alipay", "alipay_sdk"):
        monkeypatch.delitem(sys.modules, f"dailyfresh_orders.gateways.{module}", raising=False)
    configure(
        GATEWAYS={
            "alipay": {"BACKEND": "dailyfresh_orders.gateways.alipay.AlipayGateway", "OPTIONS": {"app_id": "bare"}}
        }
    )
    (message,) = check_backends(None)
    assert message.id == "dailyfresh_orders.E004"
    assert 'Alipay needs an extra: pip install "dailyfresh-orders[alipay]"' in message.msg


def test_pictures_of_reviews_need_a_folder_and_an_address(configure, settings):
    assert check_pictures(None) == []
    settings.MEDIA_ROOT = settings.MEDIA_URL = ""
    (found,) = check_pictures(None)
    assert (found.id, "MEDIA_ROOT" in found.hint) == ("dailyfresh_orders.W009", True)
    configure(REVIEW_PICTURES=0)
    assert check_pictures(None) == []
