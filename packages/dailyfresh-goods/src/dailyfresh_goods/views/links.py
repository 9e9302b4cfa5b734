"""Where the results on display lead: without a filter, in another order, to another page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.functional import Promise

from ..conf import conf
from ..forms import FilterForm
from ..pages import keys
from ..selectors import Facets

ARROWS = {"price": "arrow-up", "-price": "arrow-down", "price-desc": "arrow-down"}


@dataclass(frozen=True, slots=True)
class Link:
    """Another view of the same results."""

    label: str | Promise
    url: str
    current: bool = False
    number: int | None = None
    arrow: str = ""


def chips(form: FilterForm, path: str, facets: Facets | None = None) -> list[Link]:
    """The conditions in force, each with the address that drops it."""
    given = form.given()
    return [
        Link(name, joined(path, form.query(**{key: ""}))) for key, name in form.names(facets).items() if key in given
    ]


def sorts(names: Iterable[tuple[str, str | Promise]], current: str, address: Callable[[str], str]) -> list[Link]:
    """The orders: (code, name) each."""
    return [Link(name, address(code), code == current, arrow=ARROWS.get(code, "")) for code, name in names]


def joined(path: str, query: str) -> str:
    """The address with its query, if there is one."""
    return f"{path}?{query}" if query else path


def absolute(path: str) -> str:
    """A path of the site as canonical links and pages on disk name it."""
    return f"{conf.SITE_URL.rstrip('/')}{path}"


def addresses(page: keys.Page) -> dict[str, Any]:
    """`canonical`, the page's one address, and `alternates`, (language, address) of each language that has one of its own."""
    found = {}
    for code in keys.languages():
        with translation.override(code):
            found[code] = absolute(page.path)
    several = len(set(found.values())) > 1
    first = next(iter(found.values()))
    return {
        "canonical": absolute(page.path),
        "alternates": [*found.items(), ("x-default", first)] if several else [],
    }
