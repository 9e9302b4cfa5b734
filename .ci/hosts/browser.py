"""A browser without JavaScript: pages over HTTP, with cookies, and the forms that stand on them."""

import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit


@dataclass
class Form:
    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class Forms(HTMLParser):
    """The forms of a page with what a browser would send of them; buttons are pressed by naming them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif self.forms and tag == "input" and "name" in given:
            ticked = given.get("type") not in ("radio", "checkbox", "submit") or "checked" in given
            if ticked:
                self.forms[-1].fields.append((given["name"], given.get("value", "on")))
        elif tag == "select":
            self.select = given.get("name", "")
        elif self.forms and tag == "option" and self.select and "selected" in given:
            self.forms[-1].fields.append((self.select, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""


@dataclass
class Page:
    browser: "Browser"
    url: str
    status: int
    text: str

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    def submit(self, to: str, /, **changes: Any) -> "Page":
        """Send the form whose address ends so, with these fields changed."""
        address = urlsplit(self.url)
        found = [
            form
            for form in Forms(self.text).forms
            if urlsplit(urljoin(address.path, form.action or address.path)).path.endswith(to)
        ]
        assert found, f"{self.url} has no form for {to}: {[form.action for form in Forms(self.text).forms]}"
        form = found[0]
        fields = [pair for pair in form.fields if pair[0] not in changes]
        fields += [(name, value) for name, value in changes.items() if value is not None]
        target = urljoin(self.url, form.action or self.url)
        if form.method == "get":
            return self.browser.open(f"{target}?{urlencode(fields)}")
        return self.browser.open(target, urlencode(fields).encode(), referer=self.url)


class Browser:
    def __init__(self, base: str) -> None:
        self.base = base
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        )

    def open(self, path: str, data: bytes | None = None, *, referer: str = "") -> Page:
        request = urllib.request.Request(urljoin(self.base, path), data, {"Accept": "text/html", "Referer": referer})
        try:
            answer = self.opener.open(request, timeout=20)
        except HTTPError as error:
            answer = error
        with answer:
            return Page(self, answer.geturl(), answer.status, answer.read().decode(errors="replace"))

    def get(self, path: str, **query: Any) -> Page:
        page = self.open(path + (f"?{urlencode(query)}" if query else ""))
        assert page.status == 200, f"{page.status} {page.url}\n{page.text[:3000]}"
        return page
