"""What holds over all packages at once."""

import re
from collections.abc import Callable
from gettext import GNUTranslations
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.test import Client
from django.urls import reverse

PACKAGES = [
    "dailyfresh_users",
    "dailyfresh_goods",
    "dailyfresh_cart",
    "dailyfresh_orders",
    "dailyfresh_promotions",
    "dailyfresh_delivery",
]
ALL = [*PACKAGES, "django_fdfs_storage"]
STORE = Path(__file__).resolve().parent.parent / "store"


def folder(package: str) -> Path:
    return Path(import_module(package).__file__ or "").parent


@pytest.mark.parametrize("package", PACKAGES)
def test_no_default_names_a_sibling(package: str) -> None:
    conf = import_module(f"{package}.conf")
    found = vars(getattr(conf, "Defaults", None) or type(conf.conf))
    defaults = {name: value for name, value in found.items() if name.isupper()}

    named = {name for name, value in defaults.items() for other in ALL if other != package and other in repr(value)}

    assert not named


def used_icons() -> set[str]:
    """The names of all icons that templates ask for, in the packages and in the store."""
    templates = [path for package in PACKAGES for path in (folder(package) / "templates").rglob("*.html")]
    templates += [*STORE.rglob("templates/**/*.html"), *(STORE.parent / "demo").rglob("*.html")]
    text = "\n".join(path.read_text() for path in templates)
    return set(re.findall(r'(?:_icon\.html" with name=|{% icon )"([^"]+)"', text))


def test_the_sprite_holds_every_icon_that_a_template_uses() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (STORE / "static/store/icons.svg").read_text()))

    assert used_icons() <= sprite


def catalogues() -> dict[str, dict[str, str]]:
    """Catalogue -> message id (with its context) -> Chinese."""
    files = {package: folder(package) / "locale" for package in ["dailyfresh_core", *PACKAGES]}
    files |= {
        "search": folder("dailyfresh_goods") / "search/locale",
        "store": STORE / "locale",
        "demo": STORE.parent / "demo/locale",
    }
    found = {}
    for name, locale in files.items():
        if (path := locale / "zh_Hans/LC_MESSAGES/django.mo").exists():
            with path.open("rb") as compiled:
                found[name] = {
                    key: text
                    for key, text in vars(GNUTranslations(compiled))["_catalog"].items()
                    if isinstance(key, str) and key
                }
    return found


def test_every_catalogue_is_complete_and_compiled() -> None:
    assert {"dailyfresh_core", *PACKAGES, "search", "store", "demo"} == set(catalogues())
    assert [name for name, catalogue in catalogues().items() if not all(catalogue.values())] == []


def test_no_message_has_two_translations() -> None:
    """Django merges all catalogues: where two differ, the app that comes first wins on the pages of the other one."""
    texts: dict[str, dict[str, str]] = {}
    for name, catalogue in catalogues().items():
        for key, text in catalogue.items():
            texts.setdefault(key, {})[name] = text

    assert {key: given for key, given in texts.items() if len(set(given.values())) > 1} == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("get", "dailyfresh_users:profile"),
        ("get", "dailyfresh_users:addresses"),
        ("get", "dailyfresh_orders:list"),
        ("get", "dailyfresh_orders:confirm"),
        ("post", "dailyfresh_cart:add"),
    ],
)
def test_a_script_that_says_so_by_accept_alone_is_told_to_sign_in_the_same_way_everywhere(
    client: Client, settings: Any, method: str, name: str
) -> None:
    settings.DAILYFRESH_CART = {**settings.DAILYFRESH_CART, "GUESTS": False}

    answer = getattr(client, method)(reverse(name), {"sku_id": "1"}, headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (401, "login_required")
    assert client.get(reverse(name), headers={"Accept": "text/html"}).status_code in (302, 405)


@pytest.mark.parametrize(
    ("package", "setting", "backend"),
    [
        ("GOODS", "HISTORY", "dailyfresh_goods.history.redis.RedisHistory"),
        ("GOODS", "PAGES", "dailyfresh_goods.pages.disk.DiskPages"),
        ("GOODS", "SEARCH_POPULAR", "dailyfresh_goods.search.popular.RedisPopular"),
        ("CART", "STORE", "dailyfresh_cart.stores.redis.RedisStore"),
        ("ORDERS", "STOCK", "dailyfresh_orders.stock.conditional.ConditionalStock"),
        ("ORDERS", "FREIGHT", "dailyfresh_orders.freight.flat.FreeFromFreight"),
    ],
)
def test_an_option_that_no_backend_has_is_named_with_its_setting(
    settings: Any, package: str, setting: str, backend: str
) -> None:
    name = f"DAILYFRESH_{package}"
    wrong = {"BACKEND": backend, "OPTIONS": {"colour": "green"}}
    setattr(settings, name, {**getattr(settings, name), setting: wrong})

    said = " ".join(message.msg for message in run_checks() if message.is_serious())

    assert f'{name}["{setting}"]["OPTIONS"]: unknown option' in said
    assert "'colour'" in said


FRAME_CHECKS = {
    "dailyfresh_users.W006",
    "dailyfresh_goods.W006",
    "dailyfresh_cart.W007",
    "dailyfresh_orders.W008",
    "dailyfresh_promotions.W004",
}
LMS = """<title>{% block page_title %}Courses{% endblock %}</title>{% block css %}{% endblock %}
<div>{% block main %}{% endblock %}</div>{% block js %}<script src="/lms.js"></script>{% endblock %}"""
MAPPED = """{% extends "lms.html" %}
{% block page_title %}{% block title %}{% endblock %}{% endblock %}
{% block css %}{{ block.super }}{% block package_head %}{% endblock %}{% endblock %}
{% block main %}{% block content %}{% endblock %}{% endblock %}
{% block js %}{{ block.super }}{% block package_scripts %}{% endblock %}{% endblock %}"""


@pytest.fixture
def framed(settings: Any, tmp_path: Path) -> Callable[[str], set[str]]:
    """The store in somebody else's base, joined by this `dailyfresh_core/base.html` -> the checks of the frame that speak."""

    def said(joint: str) -> set[str]:
        (tmp_path / "dailyfresh_core").mkdir(exist_ok=True)
        (tmp_path / "lms.html").write_text(LMS)
        (tmp_path / "dailyfresh_core" / "base.html").write_text(joint)
        settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
        return {message.id for message in run_checks() if message.id in FRAME_CHECKS}

    return said


def test_every_package_names_what_a_base_with_other_block_names_loses(framed: Callable[[str], set[str]]) -> None:
    assert framed('{% extends "lms.html" %}') == FRAME_CHECKS


@pytest.mark.django_db
def test_one_template_puts_every_page_into_a_base_with_other_block_names(
    client: Client, framed: Callable[[str], set[str]]
) -> None:
    assert framed(MAPPED) == set()
    for name, style, script in [
        ("dailyfresh_users:login", "users.css", "users.js"),
        ("dailyfresh_goods:home", "goods.css", "goods.js"),
        ("dailyfresh_search:search", "search.css", "search.js"),
        ("dailyfresh_cart:cart", "cart.css", "cart-page.js"),
        ("dailyfresh_promotions:centre", "promotions.css", "promotions.js"),
    ]:
        page = client.get(reverse(name)).content.decode()
        assert [page.count(file) for file in (style, script, "ajax.js", "jquery-4", "/lms.js")] == [1, 1, 1, 1, 1], name
