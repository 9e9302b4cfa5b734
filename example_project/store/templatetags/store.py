"""What the frame of every page needs: the goods types, the other language of this page, the hot words."""

from urllib.parse import urlencode

from dailyfresh_goods.models import GoodsType
from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.context import Context
from django.urls import reverse, translate_url
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def store_types() -> list[GoodsType]:
    """The goods types of the rail and the navigation."""
    return list(GoodsType.objects.all())


@register.simple_tag(takes_context=True)
def store_languages(context: Context) -> list[tuple[str, str, str]]:
    """The other languages of this page: code, name in that language, address."""
    request: HttpRequest | None = context.get("request")
    here = request.get_full_path() if request else "/"
    return [(code, name, translate_url(here, code)) for code, name in settings.LANGUAGES if code != get_language()]


@register.simple_tag
def store_hot_words() -> list[tuple[str, str]]:
    """The words offered under the search box, with the addresses of their results."""
    search = reverse("dailyfresh_search:search")
    return [(word, f"{search}?{urlencode({'q': word})}") for word in settings.STORE_HOT_WORDS]
