import sys
from typing import Any, Literal

import pytest
from dailyfresh_core.checks import (
    check_caches,
    check_conf,
    check_database,
    check_installed,
    check_isolation,
    check_shared,
)
from dailyfresh_core.conf import Conf, Shared
from django.apps import apps
from django.db import connection
from django.utils.translation import gettext_lazy


class Settings(Conf, name="DAILYFRESH_TESTED"):
    SIZE: int = 20
    NAME_OF_IT: str | None = None
    OPEN: bool = True
    MILK: Literal["none", "some"] = "none"
    LOW_STOCK: int = Shared.LOW_STOCK
    TASKS: str | None = Shared.TASKS


conf = Settings()


def found(given: dict[str, Any], settings: Any) -> list[str]:
    settings.DAILYFRESH_TESTED = given
    return [
        f"{each.id} {each.msg} {each.hint}"
        for each in check_conf(conf, unknown="t.W001", wrong="t.E001", least={"SIZE": 1})
    ]


def test_a_default_holds_until_the_site_says_otherwise(settings: Any) -> None:
    assert (conf.SIZE, conf.LOW_STOCK) == (20, 10)
    settings.DAILYFRESH_TESTED = {"SIZE": 5}
    assert conf.SIZE == 5


def test_a_shared_setting_serves_all_packages_and_their_own_goes_first(settings: Any) -> None:
    settings.DAILYFRESH = {"LOW_STOCK": 3, "SIZE": 99}
    assert (conf.LOW_STOCK, conf.SIZE) == (3, 20)
    settings.DAILYFRESH_TESTED = {"LOW_STOCK": 7}
    assert conf.LOW_STOCK == 7


def test_what_is_no_setting_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError):
        conf.SIZ  # noqa: B018


def test_an_unknown_key_is_a_warning_that_names_the_nearest(settings: Any) -> None:
    assert found({"SIZ": 3, "ZZZZ": 1}, settings) == [
        "t.W001 DAILYFRESH_TESTED has no setting 'SIZ'. Did you mean 'SIZE'?",
        "t.W001 DAILYFRESH_TESTED has no setting 'ZZZZ'. It has no effect.",
    ]


@pytest.mark.parametrize(
    ("key", "value", "hint"),
    [
        ("SIZE", 0, "It must be a whole number from 1 on."),
        ("SIZE", "5", "It must be a whole number from 1 on."),
        ("SIZE", True, "It must be a whole number from 1 on."),
        ("OPEN", 1, "It must be True or False."),
        ("MILK", "much", "It must be one of 'none', 'some'."),
        ("MILK", ["some"], "It must be one of 'none', 'some'."),
        ("NAME_OF_IT", 7, "It must be text or None."),
        ("TASKS", "threads", 'It must be "celery", "inline", or None: inline unless there is a Celery app.'),
    ],
)
def test_a_value_that_does_not_fit_is_an_error_that_says_what_does(
    settings: Any, key: str, value: Any, hint: str
) -> None:
    assert found({key: value}, settings) == [f"t.E001 DAILYFRESH_TESTED['{key}'] is {value!r}. {hint}"]


def test_values_that_fit_are_silent(settings: Any) -> None:
    given = {"SIZE": 1, "OPEN": False, "MILK": "some", "NAME_OF_IT": "x", "TASKS": "inline", "LOW_STOCK": 0}
    assert found(given, settings) == []


def test_words_that_are_translated_as_they_are_shown_are_text(settings: Any) -> None:
    assert found({"NAME_OF_IT": gettext_lazy("Home")}, settings) == []


@pytest.mark.parametrize("networks", [["10.0.0.0/8", "unix"], (), ["::1"]])
def test_proxies_are_networks(settings: Any, networks: Any) -> None:
    settings.DAILYFRESH = {"TRUSTED_PROXIES": networks}
    assert check_shared() == []


@pytest.mark.parametrize("networks", ["10.0.0.0/8", ["ten"], None, [None]])
def test_what_is_no_list_of_networks_is_an_error(settings: Any, networks: Any) -> None:
    settings.DAILYFRESH = {"TRUSTED_PROXIES": networks, "LOWSTOCK": 1}
    assert [each.id for each in check_shared()] == ["dailyfresh_core.W001", "dailyfresh_core.E002"]


def test_a_site_that_lacks_the_core_is_told_once(settings: Any) -> None:
    assert check_installed() == []
    settings.INSTALLED_APPS = [app for app in settings.INSTALLED_APPS if app != "dailyfresh_core"]
    [error] = check_installed()
    assert error.id == "dailyfresh_core.E001"
    assert "INSTALLED_APPS" in str(error.hint)


class Elsewhere:
    """A router that keeps whatever belongs to one app in a second database."""

    def db_for_write(self, model, **hints):
        return "shop" if model._meta.app_label == "minisite" else None


def test_a_router_that_takes_tables_out_of_the_transactions_is_named(settings, monkeypatch):
    monkeypatch.setattr(apps.get_app_config("minisite"), "name", "dailyfresh_minisite")
    assert check_database() == []
    settings.DATABASE_ROUTERS = [f"{__name__}.Elsewhere"]
    (error,) = check_database()
    assert (error.id, "minisite" in error.msg, "'shop'" in error.msg) == ("dailyfresh_core.E003", True, True)


@pytest.mark.parametrize(("level", "ids"), [(None, []), (2, []), (3, ["dailyfresh_core.W002"])])
def test_a_postgresql_that_refuses_whoever_waited_is_named(
    level: int | None, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "vendor", "postgresql")
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {} if level is None else {"isolation_level": level})
    assert [each.id for each in check_isolation()] == ids


@pytest.mark.parametrize("backend", ["no_such_redis.cache.RedisCache", "django.core.cache.backends.redis.RedisCache"])
def test_a_cache_without_its_client_is_named_before_anybody_is_counted(settings, monkeypatch, backend):
    monkeypatch.setitem(sys.modules, "redis", None)
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
        "attempts": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:9"},
    }
    (error,) = check_caches()
    assert (error.id, "'attempts'" in error.msg, "redis" in error.hint) == ("dailyfresh_core.E004", True, True)
