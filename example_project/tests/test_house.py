"""What holds over all five packages at once."""

import re
from gettext import GNUTranslations
from importlib import import_module
from pathlib import Path

import pytest

PACKAGES = ["dailyfresh_users", "dailyfresh_goods", "dailyfresh_cart", "dailyfresh_orders"]
ALL = [*PACKAGES, "django_fdfs_storage"]
SHARED_FROM = b"# ---- below this line"
STORE = Path(__file__).resolve().parent.parent / "store"


def folder(package: str) -> Path:
    return Path(import_module(package).__file__ or "").parent


def copies(name: str) -> set[bytes]:
    """The different texts of a file in the packages that have it as a copy, and do not leave it to the core."""
    files = [folder(package) / name.format(package) for package in PACKAGES]
    texts = [file.read_bytes() for file in files if file.exists()]
    return {text.partition(SHARED_FROM)[2] or text for text in texts if b"dailyfresh_core" not in text}


@pytest.mark.parametrize("name", ["conf.py", "waking.py", "proxies.py", "static/{}/ajax.js"])
def test_a_file_that_stands_in_several_packages_is_the_same_in_all(name: str) -> None:
    assert len(copies(name)) <= 1


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
    files = {package: folder(package) / "locale" for package in PACKAGES}
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
    assert {*PACKAGES, "store", "demo"} <= set(catalogues())
    assert [name for name, catalogue in catalogues().items() if not all(catalogue.values())] == []


def test_no_message_has_two_translations() -> None:
    """Django merges all catalogues: where two differ, the app that comes first wins on the pages of the other one."""
    texts: dict[str, dict[str, str]] = {}
    for name, catalogue in catalogues().items():
        for key, text in catalogue.items():
            texts.setdefault(key, {})[name] = text

    assert {key: given for key, given in texts.items() if len(set(given.values())) > 1} == {}
