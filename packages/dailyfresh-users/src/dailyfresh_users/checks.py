"""System checks. Those about production run under `check --deploy`."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from dailyfresh_core.channels import mailer
from dailyfresh_core.checks import check_conf, check_tasks
from dailyfresh_core.http.frames import check_frame
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import FieldDoesNotExist
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from .conf import NAME, Settings, conf

SILENT_MAIL = {f"django.core.mail.backends.{name}" for name in ("console", "dummy", "filebased", "locmem")}
PRIVATE_CACHES = {"django.core.cache.backends.dummy.DummyCache", "django.core.cache.backends.locmem.LocMemCache"}


@register(Tags.compatibility)
def check_settings(**_: Any) -> list[CheckMessage]:
    """The settings dict is one that this package understands."""
    found = check_conf(conf, unknown="dailyfresh_users.W001", wrong="dailyfresh_users.E003")
    if any(message.is_serious() for message in found):
        return found  # the others ask what such values mean
    return [*found, *_throttles(), *_ages(), *_site_url()]


def _throttles() -> Iterator[CheckMessage]:
    if conf.THROTTLE_CACHE not in settings.CACHES:
        yield Error(
            f"{NAME}['THROTTLE_CACHE'] names no cache: {conf.THROTTLE_CACHE!r}.",
            hint=f"CACHES has {', '.join(sorted(settings.CACHES))}.",
            id="dailyfresh_users.E001",
        )
    for name, rate in conf.THROTTLES.items():
        if name not in Settings.THROTTLES:
            text, hint = f"has no kind {name!r}", f"There are {', '.join(Settings.THROTTLES)}."
        elif len(rate) != 2 or not all(isinstance(number, int) and number > 0 for number in rate):
            text, hint = f"of {name!r} is {rate!r}", "It must be (attempts, seconds), both above 0."
        else:
            continue
        yield Error(f"{NAME}['THROTTLES'] {text}.", hint=hint, id="dailyfresh_users.E002")


def _ages() -> Iterator[CheckMessage]:
    if conf.PENDING_AGE is not None and conf.PENDING_AGE < conf.ACTIVATION_AGE:
        text = f"{NAME}: accounts are removed (PENDING_AGE) before their links expire (ACTIVATION_AGE)."
        yield Warning(text, id="dailyfresh_users.W005")


def _site_url() -> Iterator[CheckMessage]:
    if conf.SITE_URL is None:
        return
    parts = urlsplit(conf.SITE_URL)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        yield Error(
            f"{NAME}['SITE_URL'] is no address of a site: {conf.SITE_URL!r}.",
            hint='Give scheme and host, as "https://shop.example".',
            id="dailyfresh_users.E004",
        )


@register(Tags.models)
def check_user_model(**_: Any) -> list[CheckMessage]:
    """Registration can fill the site's user model."""
    problems = list(_misfits(get_user_model())) if conf.REGISTRATION or conf.GUESTS else []
    if not problems:
        return []
    return [
        Error(
            f"Accounts of {get_user_model()._meta.label} cannot be opened here: {'; '.join(problems)}.",
            hint=f"Set {NAME}['REGISTRATION'] and ['GUESTS'] to False and register in your own way; all else works.",
            id="dailyfresh_users.E005",
        )
    ]


def _misfits(model: Any) -> Iterator[str]:
    email = model.get_email_field_name()
    for name in (email, "is_active"):
        try:
            model._meta.get_field(name)
        except FieldDoesNotExist:
            yield f"it has no field {name!r}"
    if email == model.USERNAME_FIELD:
        yield "its user name is the e-mail address, which nobody owns before activation"
    if more := set(model.REQUIRED_FIELDS) - {email}:
        yield f"it also requires {', '.join(sorted(more))}"


@register(Tags.urls)
def check_urls(**_: Any) -> list[CheckMessage]:
    """The pages are mounted in a frame that fits, `login_required` leads to ours, and the names in the settings exist."""
    try:
        ours = reverse("dailyfresh_users:login")
    except NoReverseMatch:
        hint = 'Add path("users/", include("dailyfresh_users.urls")) to the root URLconf.'
        return [Error("The pages of dailyfresh_users are not mounted.", hint=hint, id="dailyfresh_users.E006")]
    found: list[CheckMessage] = []
    for key in ("LOGIN_REDIRECT", "LOGOUT_REDIRECT", "TERMS_URL", "PRIVACY_URL"):
        value = getattr(conf, key)
        if value is not None and _path_of(value) is None:
            text = f"{NAME}[{key!r}] is no URL name and no path: {value!r}."
            found.append(Error(text, id="dailyfresh_users.E007"))
    login = _path_of(settings.LOGIN_URL)
    if login is None or (login != ours and not _is_there(login)):
        found.append(
            Warning(
                f"LOGIN_URL = {settings.LOGIN_URL!r} leads to no page of the site; this package's is {ours}.",
                hint='Set LOGIN_URL = "dailyfresh_users:login", or to a login page of your own.',
                id="dailyfresh_users.W002",
            )
        )
    files = "dailyfresh_users/users.css", "dailyfresh_users/users.js"
    return [*found, *check_frame(conf, *files, id="dailyfresh_users.W006")]


def _is_there(path: str) -> bool:
    """Whether the site has a page under this path: somebody else's login, as allauth's."""
    try:
        resolve(path.partition("?")[0])
    except Resolver404:
        return False
    return True


def _path_of(to: Any) -> str | None:
    """Where a URL name or a path leads; None when it is neither."""
    try:
        return urlsplit(resolve_url(to)).path
    except NoReverseMatch:
        return None


@register(Tags.security)
def check_sessions(**_: Any) -> list[CheckMessage]:
    """Sessions can be listed and ended from afar."""
    if settings.SESSION_ENGINE == "django.contrib.sessions.backends.signed_cookies":
        text = "Sessions in signed cookies can neither be listed nor ended from afar."
        hint = 'Use SESSION_ENGINE = "django.contrib.sessions.backends.cached_db" or another that keeps them.'
        return [Warning(text, hint=hint, id="dailyfresh_users.W003")]
    if "dailyfresh_users.middleware.SessionMiddleware" not in settings.MIDDLEWARE:
        text = "Only sign-ins are noted: a session whose key is renewed later is missing from the security page."
        hint = "Add dailyfresh_users.middleware.SessionMiddleware after AuthenticationMiddleware."
        return [Warning(text, hint=hint, id="dailyfresh_users.W004")]
    return []


@register(Tags.compatibility)
def check_laptop(**_: Any) -> list[CheckMessage]:
    """Where a site is tried out there is seldom a mail server, and Django hands mails to one on localhost unless told otherwise."""
    backend = mailer()
    if not settings.DEBUG or getattr(backend, "host", None) not in ("localhost", "127.0.0.1") or backend.port != 25:
        return []
    text = "Mails are handed to a mail server on localhost:25. Where none answers, nobody gets a link."
    hint = 'To read them in the terminal: "django.core.mail.backends.console.EmailBackend" as EMAIL_BACKEND (MAILERS from Django 6.1 on).'
    return [Warning(text, hint=hint, id="dailyfresh_users.W007")]


@register(Tags.security, deploy=True)
def check_production(**_: Any) -> list[CheckMessage]:
    """What works on a laptop and not in a shop."""
    warnings = [Warning(text, hint=hint, id=f"dailyfresh_users.W{number:03}") for number, text, hint in _production()]
    return [*warnings, *check_tasks(NAME, conf.TASKS, id="dailyfresh_users.W014")]


def _production() -> Iterator[tuple[int, str, str]]:
    """Number, fact and hint of what is amiss."""
    backend = type(mailer()).__module__
    if backend in SILENT_MAIL:
        text = f"The mail backend {backend} sends no mail: nobody can activate an account."
        yield 10, text, "Set EMAIL_BACKEND and EMAIL_HOST, or MAILERS from Django 6.1 on."
    if settings.CACHES.get(conf.THROTTLE_CACHE, {}).get("BACKEND") in PRIVATE_CACHES:
        text = f"The cache {conf.THROTTLE_CACHE!r} is not shared by processes: attempts are counted in each alone."
        yield 11, text, f"Point {NAME}['THROTTLE_CACHE'] to Redis or Memcached."
    behind_proxy = settings.USE_X_FORWARDED_HOST or settings.SECURE_PROXY_SSL_HEADER
    if behind_proxy and not conf.TRUSTED_PROXIES:
        text = "The site is behind a proxy, and TRUSTED_PROXIES names none: all visitors share one address and its throttles."
        yield 12, text, f"Set {NAME}['TRUSTED_PROXIES'] to the proxy's network."
    if conf.SITE_URL is None and "*" in settings.ALLOWED_HOSTS:
        text = "Any host is admitted, and links in mails follow it: a forged Host header sends tokens elsewhere."
        yield 13, text, f"Set {NAME}['SITE_URL'], or name the hosts in ALLOWED_HOSTS."
    if not settings.AUTH_PASSWORD_VALIDATORS:
        text = "AUTH_PASSWORD_VALIDATORS is empty: any password is accepted."
        yield 15, text, "Take the four that startproject writes."
