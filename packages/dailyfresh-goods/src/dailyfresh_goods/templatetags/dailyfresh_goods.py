import json
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext

from ..conf import conf
from ..selectors import Shown, TypeInfo, goods_types

register = template.Library()
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.inclusion_tag("dailyfresh_goods/_scripts.html", takes_context=True)
def dailyfresh_goods_scripts(context: Context) -> dict[str, object]:
    """The package's scripts, with jQuery before them unless the site has its own."""
    return {"jquery_url": conf.JQUERY_URL, "visitor_data": context.get("visitor_data")}


@register.simple_tag
def goods_type_list() -> tuple[TypeInfo, ...]:
    """All goods types with `name`, `slug`, `promise`, `logo_url` and `url`, for a site's navigation; cached."""
    return tuple(goods_types())


@register.simple_tag
def picture(
    shown: Shown, sizes: str, *, width: int, height: int, alt: str = "", loading: str = "lazy", mark: str = ""
) -> SafeString:
    """A picture in the sizes there are, best kind first; empty where there is none.

    `sizes` says how wide it stands on the page (as HTML's attribute), `width` and `height` its ratio, `loading` "lazy" or "first" for
    what is seen first; `mark` is a data attribute of the element for scripts.
    """
    if not shown:
        return SafeString("")
    order = {"fetchpriority": "high"} if loading == "first" else {"loading": loading, "decoding": "async"}
    own = {"src": shown.url, "width": width, "height": height, "alt": alt, **order} | ({mark: ""} if mark else {})
    if shown.webp:
        own |= {"srcset": srcset(shown.webp), "sizes": sizes}
    attributes = format_html_join("", ' {}="{}"', own.items())
    if not shown.avif:
        return format_html("<img{}>", attributes)
    better = format_html('<source type="image/avif" srcset="{}" sizes="{}">', srcset(shown.avif), sizes)
    return format_html("<picture>{}<img{}></picture>", better, attributes)


@register.filter
def srcset(sizes: tuple[tuple[int, str], ...]) -> str:
    """Sizes as (width, address), in the words of HTML's attribute."""
    return ", ".join(f"{url} {width}w" for width, url in sizes)


@register.simple_tag
def json_ld(data: dict[str, Any]) -> SafeString:
    """Structured data as the data block that search engines read; no script, so no content policy minds."""
    text = json.dumps(data, ensure_ascii=False).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 - escaped above


@register.filter
def short(number: int) -> str:
    """A number as a card has room for: 860, 3.2k; 3200, 1.2万 where ten thousands have a name."""
    name = pgettext("ten thousands; k where the language counts in thousands", "k")
    unit = 1000 if name == "k" else 10000
    return str(number) if number < unit else f"{number / unit:.1f}".removesuffix(".0") + name
