"""System checks of the package."""

from collections.abc import Sequence
from typing import Any

from dailyfresh_core import checks as core_checks
from dailyfresh_core.background.waking import tasks_run_inline
from dailyfresh_core.checks import check_conf
from dailyfresh_core.http.frames import check_frame
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.urls import NoReverseMatch, reverse

from .conf import conf
from .history import history
from .pages.build import anonymous_request, writer
from .pages.keys import HOME, languages, runs_of
from .selectors.cards import ratings

FROM_ONE = dict.fromkeys(("PAGE_SIZE", "MAX_PAGE", "STATIC_PAGES", "CACHE_SECONDS"), 1)
"""Numbers that begin at 1; the others may be 0."""


@register("dailyfresh_goods")
def check_settings(**_: Any) -> list[CheckMessage]:
    """Settings that are unknown or do not fit, and backends that cannot be built."""
    found = check_conf(conf, unknown="dailyfresh_goods.W001", wrong="dailyfresh_goods.E006", least=FROM_ONE)
    if any(message.id == "dailyfresh_goods.E006" for message in found):  # what follows takes each for what it must be
        return found
    if conf.CACHE is not None and "BACKEND" not in settings.CACHES.get(conf.CACHE, {}):
        hint = "Name an alias of CACHES, or None to keep no pages."
        found.append(
            Error(f"{conf.NAME}['CACHE'] names no cache: {conf.CACHE!r}.", hint=hint, id="dailyfresh_goods.E001")
        )
    try:
        found += history().check()
        anonymous_request("/")
        to = writer()
        found += to.check() if to else []
        if conf.RATINGS is not None:
            ratings()
    except ImproperlyConfigured as error:
        hint = "The README of dailyfresh-goods says what each setting takes, and protocols.py what RATINGS must have."
        found.append(Error(str(error), hint=hint, id="dailyfresh_goods.E002"))
    return found


@register("dailyfresh_goods")
def check_cache(**_: Any) -> list[CheckMessage]:
    """A cache that only one process sees: what a command or a worker changes does not show in the others."""
    cache = settings.CACHES.get(conf.CACHE, {}) if isinstance(conf.CACHE, str) else {}
    if not cache.get("BACKEND", "").endswith("LocMemCache"):
        return []
    return [
        Warning(
            f"The cache {conf.CACHE!r} lives in one process: the others would serve outdated pages.",
            hint="Use Redis or another shared cache, or set CACHE to None: load_catalogue is a process of its own.",
            id="dailyfresh_goods.W002",
        )
    ]


@register("dailyfresh_goods")
def check_media(**_: Any) -> list[CheckMessage]:
    """Pictures that are uploaded have a folder and an address."""
    return core_checks.check_media("Pictures uploaded in the admin", id="dailyfresh_goods.W005")


@register("dailyfresh_goods", deploy=True)
def check_deployment(**_: Any) -> list[CheckMessage]:
    """What works on one machine, and not beyond (`check --deploy`)."""
    if conf.PAGES is None or not tasks_run_inline(conf.TASKS):
        return []
    return [
        Warning(
            "Pages are written inside the requests that change them, since no Celery app is set up.",
            hint="Set up Celery with a worker and beat (dailyfresh_goods.schedule.SCHEDULE).",
            id="dailyfresh_goods.W003",
        )
    ]


@register(Tags.urls)
def check_urls(**_: Any) -> Sequence[CheckMessage]:
    """BUY_URL leads somewhere."""
    if not isinstance(conf.BUY_URL, str):
        return []  # None, or what E008 names
    try:
        reverse(conf.BUY_URL)
    except NoReverseMatch as error:
        hint = "It is the name of a URL without arguments, or None."
        return [Error(f"{conf.NAME}['BUY_URL']: {error}", hint=hint, id="dailyfresh_goods.E003")]
    return []


@register(Tags.urls)
def check_languages(**_: Any) -> Sequence[CheckMessage]:
    """A page on disk is the same for everybody, so its address must tell its language."""
    chosen_by_visitor = "django.middleware.locale.LocaleMiddleware" in settings.MIDDLEWARE and len(languages()) > 1
    if conf.PAGES is None or not chosen_by_visitor:
        return []
    try:
        if len(runs_of(HOME)) > 1:
            return []
    except NoReverseMatch:  # the catalogue is not in the site's URLs
        return []
    return [
        Warning(
            f"Pages are written in {settings.LANGUAGE_CODE!r} for every visitor: their addresses tell no language.",
            hint="Include dailyfresh_goods.urls in i18n_patterns(), or leave one language in LANGUAGES.",
            id="dailyfresh_goods.W004",
        )
    ]


@register(Tags.urls)
def check_pages(**_: Any) -> Sequence[CheckMessage]:
    """The pages have a frame with room for what they bring."""
    try:
        reverse("dailyfresh_goods:home")
    except NoReverseMatch:  # the catalogue is not in the site's URLs
        return []
    return check_frame(conf, "dailyfresh_goods/goods.css", "dailyfresh_goods/goods.js", id="dailyfresh_goods.W006")
