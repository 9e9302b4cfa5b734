"""Every address that a site's URL map knows, with parts drawn for it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django.forms import BaseForm
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern, RoutePattern
from hypothesis import strategies as st

from . import garbage

LOOKUPS = (
    "",
    "__year",
    "__month",
    "__day",
    "__date",
    "__gte",
    "__lt",
    "__exact",
    "__in",
    "__isnull",
    "__range",
    "__regex",
)
PART = re.compile(r"<(?:(?P<kind>[^:>]+):)?(?P<name>\w+)>")


def addresses(known: Mapping[str, Sequence[str]], *, leaving: Sequence[str] = ()) -> st.SearchStrategy[str]:
    """Paths of the whole map; parts that are there (`known`, by name) and parts that are not."""
    shapes = sorted(
        {shape for shape in _shapes(get_resolver().url_patterns, "/") if not shape.startswith(tuple(leaving))}
    )

    @st.composite
    def path(draw: st.DrawFn) -> str:
        shape = draw(st.sampled_from(shapes))
        return PART.sub(lambda part: _part(draw, part["kind"], part["name"], known), shape)

    return path()


def fields() -> list[str]:
    """The names that the site's forms and its admin's lists listen to, as far as their modules are loaded."""
    list(_shapes(get_resolver().url_patterns, ""))  # loads the views, and so the forms
    forms, names = [BaseForm], {"page", "next"}
    for form in forms:
        forms += form.__subclasses__()
        names |= getattr(form, "base_fields", {}).keys()
    for model in _in_the_admin():
        plain = [field.attname for field in model._meta.concrete_fields]
        names |= {f"{name}{lookup}" for name in plain for lookup in LOOKUPS}
    return sorted(names)


def _in_the_admin() -> Iterable[type[Model]]:
    if not apps.is_installed("django.contrib.admin"):
        return ()
    from django.contrib.admin import site

    return site._registry


def _part(draw: st.DrawFn, kind: str | None, name: str, known: Mapping[str, Sequence[str]]) -> str:
    there = st.sampled_from(known[name]) if known.get(name) else st.just("1")
    if kind == "int" or "number" in (kind or ""):
        return draw(st.one_of(there, garbage.numbers))
    return draw(st.one_of(there, there, garbage.words))


def _shapes(patterns: Sequence[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for entry in patterns:
        for shape in _own(entry):
            if isinstance(entry, URLResolver):
                yield from _shapes(entry.url_patterns, before + shape)
            else:
                yield before + shape


def _own(entry: URLPattern | URLResolver) -> Sequence[str]:
    """One step of the map as text; a regular expression becomes parts without a kind."""
    pattern = entry.pattern
    if isinstance(pattern, LocalePrefixPattern):
        return ["", *(f"{code}/" for code, _name in settings.LANGUAGES)]
    if isinstance(pattern, RoutePattern):
        return [str(pattern)]
    return [re.sub(r"\(\?P<(\w+)>.*?\)", r"<\1>", str(pattern.regex.pattern)).strip("^$").removesuffix(r"\Z")]
