"""System checks of the promotions' settings, and of the rules that are kept (`check --database default`)."""

from collections.abc import Iterator, Sequence
from typing import Any

from dailyfresh_core.checks import check_conf, check_tasks
from dailyfresh_core.http.answers import address_of
from dailyfresh_core.http.frames import check_frame
from dailyfresh_core.loading import imported
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.urls import NoReverseMatch, reverse

from .conf import NAME, conf
from .exceptions import BadParams
from .gate import script
from .models import Batch, Rule

TAG = "dailyfresh_promotions"


@register(TAG)
def check_settings(**_: Any) -> list[CheckMessage]:
    """What the settings alone can tell."""
    messages = check_conf(conf, unknown=f"{TAG}.W001", wrong=f"{TAG}.E001", least={"PAGE_SIZE": 1})
    return [*messages, *_joins(), *_gate(), *_pages(), *check_tasks(NAME, conf.TASKS, id=f"{TAG}.W002")]


@register(Tags.database)
def check_rules(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Offers and batches whose numbers cannot be: they take nothing off, and say so in the log alone."""
    return list(_unread()) if databases else []


def _joins() -> Iterator[CheckMessage]:
    kinds = {
        "CATALOGUE": "a class with find(sku_ids)",
        "MEMBERS": "a function of a user",
        "GOODS_URL": "a function of skus and groups",
    }
    for key, what in kinds.items():
        dotted = getattr(conf, key)
        if not dotted:
            continue
        try:
            imported(dotted, where=f'{NAME}["{key}"]')
        except ImproperlyConfigured as error:
            yield Error(str(error), hint=f"It is the dotted path of {what}.", id=f"{TAG}.E002")


def _gate() -> Iterator[CheckMessage]:
    if not conf.GATE:
        return
    try:
        script(conf.GATE)
    except (ImproperlyConfigured, ValueError) as error:
        yield Error(
            str(error),
            hint=f'{NAME}["GATE"] is the URL of a Redis, or the alias of a cache of django-redis.',
            id=f"{TAG}.E002",
        )


def _pages() -> Iterator[CheckMessage]:
    try:
        address_of(conf.SHOP_URL)
    except NoReverseMatch:
        text = f'{NAME}["SHOP_URL"] is {conf.SHOP_URL!r}, which is neither a path nor the name of a URL.'
        yield Error(text, hint='It is where somebody with a coupon goes, as "/".', id=f"{TAG}.E004")
    try:
        reverse("dailyfresh_promotions:centre")
    except NoReverseMatch:
        hint = 'Add path("coupons/", include("dailyfresh_promotions.urls")) to the URLconf.'
        yield Warning("The pages for coupons are not included in the site.", hint=hint, id=f"{TAG}.W003")
    else:
        yield from check_frame(conf, f"{TAG}/promotions.css", f"{TAG}/promotions.js", id=f"{TAG}.W004")


def _unread() -> Iterator[CheckMessage]:
    for model in (Rule, Batch):
        try:
            rows = list(model._default_manager.filter(active=True))
        except DatabaseError:  # not migrated yet
            continue
        for row in rows:
            try:
                row.benefit(), row.goods()
            except BadParams as error:
                text = f"{model._meta.label} {row.pk} ({row}) takes nothing off: {error.field}: {error}"
                yield Error(text, hint="Open it in the admin and save it anew.", id=f"{TAG}.E003")
