"""System checks. Those about production run under `check --deploy`."""

import ipaddress
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import FieldDoesNotExist
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from .conf import NAME, Defaults, conf
from .services.mails import mailer
from .waking import tasks_run_inline

SILENT_MAIL = {f"django.core.mail.backends.{name}" for name in ("console", "dummy", "filebased", "locmem")}
PRIVATE_CACHES = {"django.core.cache.backends.dummy.DummyCache", "django.core.cache.backends.locmem.LocMemCache"}


def _id(level: str, number: int) -> str:
    return f"dailyfresh_users.{level}{number:03}"


@register(Tags.compatibility)
def check_settings(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The settings dict is one that this package understands."""
    return [*_unknown_keys(), *_throttles(), *_proxies(), *_tasks(), *_ages(), *_site_url()]


def _unknown_keys() -> Iterator[CheckMessage]:
    for key, nearest in conf.unknown().items():
        hint = f"Did you mean {nearest!r}?" if nearest else "It has no effect."
        yield Warning(f"{NAME} has no setting {key!r}.", hint=hint, id=_id("W", 1))


def _throttles() -> Iterator[CheckMessage]:
    if conf.THROTTLE_CACHE not in settings.CACHES:
        yield Error(
            f"{NAME}['THROTTLE_CACHE'] names no cache: {conf.THROTTLE_CACHE!r}.",
            hint=f"CACHES has {', '.join(sorted(settings.CACHES))}.",
            id=_id("E", 1),
        )
    for name, rate in conf.THROTTLES.items():
        if name not in Defaults.THROTTLES:
            yield Error(
                f"{NAME}['THROTTLES'] has no kind {name!r}.",
                hint=f"There are {', '.join(Defaults.THROTTLES)}.",
                id=_id("E", 2),
            )
        elif len(rate) != 2 or not all(isinstance(number, int) and number > 0 for number in rate):
            yield Error(f"{NAME}['THROTTLES'][{name!r}] must be (attempts, seconds), both above 0.", id=_id("E", 2))


def _proxies() -> Iterator[CheckMessage]:
    for network in conf.TRUSTED_PROXIES:
        try:
            if network != "unix":
                ipaddress.ip_network(network, strict=False)
        except ValueError as error:
            yield Error(
                f"{NAME}['TRUSTED_PROXIES']: {error}.",
                hint='Give addresses or networks, as "10.0.0.0/8", or "unix" for a socket.',
                id=_id("E", 3),
            )


def _tasks() -> Iterator[CheckMessage]:
    if conf.TASKS not in {None, "celery", "inline"}:
        yield Error(f'{NAME}[\'TASKS\'] must be "celery", "inline" or None, not {conf.TASKS!r}.', id=_id("E", 8))


def _ages() -> Iterator[CheckMessage]:
    if conf.PENDING_AGE is not None and conf.PENDING_AGE < conf.ACTIVATION_AGE:
        yield Warning(
            f"{NAME}: accounts are removed (PENDING_AGE) before their links expire (ACTIVATION_AGE).",
            id=_id("W", 5),
        )


def _site_url() -> Iterator[CheckMessage]:
    if conf.SITE_URL is not None:
        parts = urlsplit(conf.SITE_URL)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
            yield Error(
                f"{NAME}['SITE_URL'] is no address of a site: {conf.SITE_URL!r}.",
                hint='Give scheme and host, as "https://shop.example".',
                id=_id("E", 4),
            )


@register(Tags.models)
def check_user_model(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Registration can fill the site's user model."""
    model: Any = get_user_model()
    if not conf.REGISTRATION:
        return []
    problems = []
    email = model.get_email_field_name()
    for name in (email, "is_active"):
        try:
            model._meta.get_field(name)
        except FieldDoesNotExist:
            problems.append(f"it has no field {name!r}")
    if email == model.USERNAME_FIELD:
        problems.append("its user name is the e-mail address, which nobody owns before activation")
    if more := set(model.REQUIRED_FIELDS) - {email}:
        problems.append(f"it also requires {', '.join(sorted(more))}")
    if not problems:
        return []
    return [
        Error(
            f"Accounts of {model._meta.label} cannot be opened here: {'; '.join(problems)}.",
            hint=f"Set {NAME}['REGISTRATION'] = False and register in your own way; all else works.",
            id=_id("E", 5),
        )
    ]


@register(Tags.urls)
def check_urls(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The pages are mounted, `login_required` leads to ours, and the names in the settings exist."""
    try:
        ours = reverse("dailyfresh_users:login")
    except NoReverseMatch:
        return [
            Error(
                "The pages of dailyfresh_users are not mounted.",
                hint='Add path("users/", include("dailyfresh_users.urls")) to the root URLconf.',
                id=_id("E", 6),
            )
        ]
    found: list[CheckMessage] = []
    for key in ("LOGIN_REDIRECT", "LOGOUT_REDIRECT", "TERMS_URL", "PRIVACY_URL"):
        try:
            value = getattr(conf, key)
            if value is not None:
                resolve_url(value)
        except NoReverseMatch:
            found.append(Error(f"{NAME}[{key!r}] is no URL name and no path: {value!r}.", id=_id("E", 7)))
    try:
        match = resolve(urlsplit(resolve_url(settings.LOGIN_URL)).path)
        leads_here = (match.app_name, match.url_name) == ("dailyfresh_users", "login")
    except (NoReverseMatch, Resolver404):
        leads_here = False
    if not leads_here:
        found.append(
            Warning(
                f"LOGIN_URL = {settings.LOGIN_URL!r} does not lead to this package's login page ({ours}).",
                hint='Set LOGIN_URL = "dailyfresh_users:login".',
                id=_id("W", 2),
            )
        )
    return found


@register(Tags.security)
def check_sessions(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Sessions can be listed and ended from afar."""
    if settings.SESSION_ENGINE == "django.contrib.sessions.backends.signed_cookies":
        return [
            Warning(
                "Sessions in signed cookies can neither be listed nor ended from afar.",
                hint='Use SESSION_ENGINE = "django.contrib.sessions.backends.cached_db" or another that keeps them.',
                id=_id("W", 3),
            )
        ]
    if "dailyfresh_users.middleware.SessionMiddleware" not in settings.MIDDLEWARE:
        return [
            Warning(
                "Only sign-ins are noted: a session whose key is renewed later is missing from the security page.",
                hint="Add dailyfresh_users.middleware.SessionMiddleware after AuthenticationMiddleware.",
                id=_id("W", 4),
            )
        ]
    return []


@register(Tags.security, deploy=True)
def check_production(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """What works on a laptop and not in a shop."""
    found: list[tuple[int, str, str]] = []
    backend = type(mailer())
    if backend.__module__ in SILENT_MAIL:
        found.append(
            (
                10,
                f"The mail backend {backend.__module__} sends no mail: nobody can activate an account.",
                "Set EMAIL_BACKEND and EMAIL_HOST, or MAILERS from Django 6.1 on.",
            )
        )
    if settings.CACHES.get(conf.THROTTLE_CACHE, {}).get("BACKEND") in PRIVATE_CACHES:
        found.append(
            (
                11,
                f"The cache {conf.THROTTLE_CACHE!r} is not shared by processes: attempts are counted in each alone.",
                f"Point {NAME}['THROTTLE_CACHE'] to Redis or Memcached.",
            )
        )
    behind_proxy = settings.USE_X_FORWARDED_HOST or settings.SECURE_PROXY_SSL_HEADER
    if behind_proxy and not conf.TRUSTED_PROXIES:
        found.append(
            (
                12,
                "The site is behind a proxy, and TRUSTED_PROXIES names none: all visitors share one address and its throttles.",
                f"Set {NAME}['TRUSTED_PROXIES'] to the proxy's network.",
            )
        )
    if conf.SITE_URL is None and "*" in settings.ALLOWED_HOSTS:
        found.append(
            (
                13,
                "Any host is admitted, and links in mails follow it: a forged Host header sends tokens elsewhere.",
                f"Set {NAME}['SITE_URL'], or name the hosts in ALLOWED_HOSTS.",
            )
        )
    if tasks_run_inline():
        found.append(
            (
                14,
                "Mails are sent inside requests, and tried again only when somebody asks for another one.",
                "Configure Celery, or run the command dailyfresh_users_drain by cron.",
            )
        )
    if not settings.AUTH_PASSWORD_VALIDATORS:
        found.append(
            (
                15,
                "AUTH_PASSWORD_VALIDATORS is empty: any password is accepted.",
                "Take the four that startproject writes.",
            )
        )
    return [Warning(text, hint=hint, id=_id("W", number)) for number, text, hint in found]
