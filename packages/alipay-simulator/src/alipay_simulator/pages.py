"""What is answered to a browser: pages in Chinese or English, redirects, plain words."""

from dataclasses import dataclass, field
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).parent
CATALOGUE = HERE / "locale" / "zh_Hans" / "LC_MESSAGES" / "alipay_simulator.mo"
HTML = "text/html;charset=utf-8"
PLAIN = "text/plain;charset=utf-8"


@dataclass(frozen=True)
class Answer:
    """One HTTP answer, and how it fails to arrive."""

    body: bytes
    kind: str = HTML
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0
    """Seconds of silence before it."""
    drip: bool = False
    """Send one byte per second."""
    drop: bool = False
    """Close the connection instead."""


@cache
def _templates(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    translations = NullTranslations()
    if language == "zh-hans":
        with CATALOGUE.open("rb") as file:
            translations = GNUTranslations(file)
    environment.globals |= {"_": translations.gettext, "language": language}
    return environment


def language_of(accepted: str) -> str:
    """The page's language for an Accept-Language header: Chinese unless English comes first."""
    return "en" if accepted.strip().lower().startswith("en") else "zh-hans"


def page(name: str, values: dict[str, Any], *, language: str, status: int = 200, leads_to: str = "") -> Answer:
    """A rendered template. `leads_to` is an origin that the page's forms may end at, after a redirect."""
    body = _templates(language).get_template(f"{name}.html.jinja").render(values).encode()
    policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'"
    return Answer(body, status=status, headers={"Content-Security-Policy": f"{policy} {leads_to}".rstrip()})


def redirect(to: str) -> Answer:
    return Answer(b"", status=303, headers={"Location": to})


def words(text: str, *, status: int) -> Answer:
    return Answer(text.encode(), PLAIN, status)


def stylesheet() -> Answer:
    return Answer((HERE / "cashier.css").read_bytes(), "text/css;charset=utf-8")
