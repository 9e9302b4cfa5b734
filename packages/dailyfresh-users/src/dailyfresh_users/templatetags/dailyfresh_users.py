from django import template
from django.shortcuts import resolve_url
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .. import areas, models
from ..conf import conf

register = template.Library()


@register.inclusion_tag("dailyfresh_users/_scripts.html")
def dailyfresh_users_scripts() -> dict[str, object]:
    """The package's scripts, with jQuery before them unless the site has its own."""
    return {"jquery_url": conf.JQUERY_URL}


def _link(to: str | None, text: str) -> SafeString:
    return format_html('<a class="df-lk" href="{}">{}</a>', resolve_url(to), text) if to else format_html("{}", text)


@register.simple_tag
def terms() -> SafeString:
    """ "I agree to the terms and the privacy policy", with links where the site set them."""
    return format_html(
        _("I have read and accept the {terms} and the {privacy}."),
        terms=_link(conf.TERMS_URL, _("terms of use")),
        privacy=_link(conf.PRIVACY_URL, _("privacy policy")),
    )


@register.filter
def masked_phone(phone: str) -> str:
    """A mobile number that a glance over the shoulder does not give away: 138 **** 6021."""
    return f"{phone[:3]} **** {phone[-4:]}"


@register.filter
def masked_email(email: str) -> str:
    """An e-mail address as its owner still knows it: lin***@example.com."""
    local, at, domain = email.partition("@")
    return f"{local[:3] if len(local) > 3 else local[:1]}***{at}{domain}" if at else email


@register.filter
def areas_of(address: models.Address) -> str:
    """Province, city and district as written on a parcel."""
    return areas.spoken(address.province, address.city, address.district)


@register.filter
def browser(agent: str) -> str:
    """ "Chrome · Windows" out of a User-Agent header, or its beginning where it is none we know."""
    names = {"Edg": "Edge", "OPR": "Opera", "MicroMessenger": "WeChat", "Firefox": "Firefox", "Chrome": "Chrome"}
    systems = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Mac OS X": "macOS"}
    names |= {"Safari": "Safari", "curl": "curl"}
    systems |= {"Linux": "Linux"}
    found = [next((name for mark, name in table.items() if mark in agent), "") for table in (names, systems)]
    return " · ".join(filter(None, found)) or agent[:40] or "—"
