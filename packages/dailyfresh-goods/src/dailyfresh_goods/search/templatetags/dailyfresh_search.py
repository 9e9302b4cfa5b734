from typing import Any

from dailyfresh_core.templatetags.dailyfresh_core import said
from django import template
from django.template.context import RequestContext
from django.utils.translation import gettext as _

from ..popular import popular_searches
from ..words.normal import is_han

register = template.Library()


@register.filter
def typed(words: str) -> str:
    """What somebody typed, marked as Chinese where it is, on a page that is not."""
    return said(words, "zh" if any(map(is_han, words)) else "")


@register.inclusion_tag("dailyfresh_search/_box.html", takes_context=True)
def dailyfresh_search_box(context: RequestContext, id: str = "df-q", placeholder: str = "") -> dict[str, Any]:
    """The search form with suggestions; a page needs `dailyfresh_search/search.js` and `search.css` for these."""
    return {"id": id, "placeholder": placeholder or _("Search goods"), "words": context.get("words", "")}


@register.simple_tag
def dailyfresh_popular_searches(number: int = 6) -> list[str]:
    """The searches that count most, for the header of a site."""
    return popular_searches(number)
