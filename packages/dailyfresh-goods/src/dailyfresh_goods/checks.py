"""System checks of the package."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.urls import NoReverseMatch, reverse

from .backends import load
from .conf import NAME, conf
from .history import history
from .pages.build import anonymous_request, writer
from .waking import tasks_run_inline


def check_settings(**_: Any) -> list[CheckMessage]:
    """Unknown keys, backends that cannot be built, and what does not fit together."""
    found: list[CheckMessage] = []
    for key, near in conf.unknown().items():
        hint = f"Did you mean {near!r}?" if near else None
        found.append(Warning(f"{NAME} has no setting {key!r}.", hint=hint, id="dailyfresh_goods.W001"))
    if conf.CACHE is not None:
        backend = settings.CACHES.get(conf.CACHE, {}).get("BACKEND")
        if backend is None:
            hint = "Name an alias of CACHES, or None to keep no pages."
            found.append(
                Error(f"{NAME}['CACHE'] names no cache: {conf.CACHE!r}.", hint=hint, id="dailyfresh_goods.E001")
            )
    if conf.TASKS not in {None, "celery", "inline"}:
        found.append(
            Error(
                f"{NAME}['TASKS'] is {conf.TASKS!r}.",
                hint='Write "celery", "inline", or None: inline unless there is a Celery app.',
                id="dailyfresh_goods.E006",
            )
        )
    try:
        found += history().check()
        anonymous_request("/")
        to = writer()
        found += to.check() if to else []
        if conf.RATINGS is not None:
            load("RATINGS")
    except ImproperlyConfigured as error:
        found.append(Error(str(error), id="dailyfresh_goods.E002"))
    return found


def check_deployment(**_: Any) -> list[CheckMessage]:
    """What works on one machine with one process, and not beyond (`check --deploy`)."""
    found: list[CheckMessage] = []
    if conf.CACHE is not None and settings.CACHES.get(conf.CACHE, {}).get("BACKEND", "").endswith("LocMemCache"):
        found.append(
            Warning(
                f"The cache {conf.CACHE!r} lives in one process: the others would serve outdated pages.",
                hint="Use Redis or another shared cache, or set CACHE to None.",
                id="dailyfresh_goods.W002",
            )
        )
    if tasks_run_inline() and conf.PAGES is not None:
        found.append(
            Warning(
                "Pages are written inside the requests that change them, since no Celery app is set up.",
                hint="Set up Celery with a worker and beat (dailyfresh_goods.schedule.SCHEDULE).",
                id="dailyfresh_goods.W003",
            )
        )
    return found


def check_urls(**_: Any) -> Sequence[CheckMessage]:
    """BUY_URL leads somewhere."""
    if conf.BUY_URL is None:
        return []
    try:
        reverse(conf.BUY_URL)
    except NoReverseMatch as error:
        hint = "It is the name of a URL without arguments, or None."
        return [Error(f"{NAME}['BUY_URL']: {error}", hint=hint, id="dailyfresh_goods.E003")]
    return []


def register_all() -> None:
    """Register the checks; called once by the app."""
    register(check_settings, "dailyfresh_goods")
    register(check_deployment, "dailyfresh_goods", deploy=True)
    register(check_urls, Tags.urls)
