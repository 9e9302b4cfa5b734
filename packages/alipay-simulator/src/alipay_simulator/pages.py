"""The simulator's pages, rendered from templates without the site's settings for them."""

from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template import Context, Engine
from django.utils import translation

PACKAGE = Path(__file__).resolve().parent
LANGUAGES = ("zh-hans", "en")


def configure() -> None:
    """Settings for a simulator that runs without a Django site: translations need some."""
    if not settings.configured:
        settings.configure(
            USE_I18N=True,
            LANGUAGE_CODE="zh-hans",
            LOCALE_PATHS=[str(PACKAGE / "locale")],
            INSTALLED_APPS=[],
            USE_TZ=True,
        )
        import django

        django.setup()


@cache
def _engine() -> Engine:
    return Engine(
        dirs=[str(PACKAGE / "templates")],
        libraries={"i18n": "django.templatetags.i18n"},
        builtins=["django.templatetags.i18n"],
    )


def language(accepted: str) -> str:
    """The page's language for an Accept-Language header: Chinese unless English comes first."""
    first = accepted.split(",")[0].strip().lower()
    return "en" if first.startswith("en") else "zh-hans"


def render(name: str, values: dict[str, Any], *, code: str) -> bytes:
    with translation.override(code):
        return _engine().get_template(name).render(Context({**values, "language": code})).encode()


def stylesheet() -> bytes:
    return (PACKAGE / "cashier.css").read_bytes()
