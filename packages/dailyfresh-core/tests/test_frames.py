"""Pages of a package in frames that know nothing of it: what finds a place, and what is said of what does not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dailyfresh_core.conf import Conf, Shared
from dailyfresh_core.http.frames import check_frame
from django.http import HttpRequest
from django.template.loader import get_template


class Settings(Conf, name="SHELF"):
    JQUERY_URL: str | None = Shared.JQUERY_URL


PACKAGE = """{% extends "dailyfresh_core/base.html" %}{% load dailyfresh_core %}
{% block package_head %}{{ block.super }}{% stylesheet "shelf/shelf.css" %}{% endblock %}
{% block package_scripts %}{{ block.super }}
{% include "dailyfresh_core/_scripts.html" with jquery_url="dailyfresh_core/vendor/jquery-4.0.0.min.js" %}
{% script "shelf/shelf.js" %}{% endscript %}{% endblock %}"""
FOREIGN = """<!doctype html><html><head><title>{% block page_title %}LMS{% endblock %}</title>
{% block css %}<link rel="stylesheet" href="/lms.css">{% endblock %}</head>
<body><main>{% block main %}{% endblock %}</main>{% block js %}<script src="/lms.js"></script>{% endblock %}</body></html>"""
BRIDGE = """{% extends "base.html" %}
{% block page_title %}{% block title %}{% endblock %} · {{ block.super }}{% endblock %}
{% block css %}{{ block.super }}{% block package_head %}{% endblock %}{% endblock %}
{% block main %}{% block content %}{% endblock %}{% endblock %}
{% block js %}{{ block.super }}{% block package_scripts %}{% endblock %}{% endblock %}"""
OF_SAME_NAMES = """<title>{% block title %}{% endblock %}</title>{% block extra_head %}{% block package_head %}{% endblock %}{% endblock %}
{% block content %}{% endblock %}{% block package_scripts %}{% endblock %}"""
WITHOUT_BLOCKS = "<title>A page</title><main>Nothing of yours</main>"

Said = Callable[..., list[str]]


@pytest.fixture
def said(settings: Any, tmp_path: Path) -> Said:
    """What the check says of a package's pages in a site with these templates: path -> text."""

    def checked(jquery_url: str | None = Shared.JQUERY_URL, **templates: str) -> list[str]:
        files = {"shelf__base": PACKAGE, **templates}
        for name, text in files.items():
            path = tmp_path / f"{name.replace('__', '/')}.html"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
        settings.SHELF = {"JQUERY_URL": jquery_url}
        found = check_frame(Settings(), "shelf/shelf.css", "shelf/shelf.js", id="shelf.W001")
        assert all(message.id == "shelf.W001" and message.hint for message in found)
        return [message.msg for message in found]

    return checked


def test_the_cores_own_frame_has_room_for_everything(said: Said) -> None:
    assert said() == []


def test_a_base_with_other_block_names_has_room_once_one_template_maps_them(said: Said) -> None:
    assert said(base=FOREIGN, dailyfresh_core__base=BRIDGE) == []
    page = get_template("shelf/base.html").render({}, HttpRequest())
    assert page.index("/lms.css") < page.index("shelf.css") < page.index("</head>")
    assert page.index("/lms.js") < page.index("jquery") < page.index("ajax.js") < page.index("shelf.js")


def test_a_base_with_the_packages_names_needs_no_mapping(said: Said) -> None:
    assert said(base=OF_SAME_NAMES, dailyfresh_core__base='{% extends "base.html" %}') == []


def test_a_base_with_other_block_names_and_no_mapping_loses_all_of_it_by_name(said: Said) -> None:
    (text,) = said(base=FOREIGN, dailyfresh_core__base='{% extends "base.html" %}')
    for lost in ("title", "package_head", "content", "package_scripts"):
        assert f"the block {lost}" in text
    for lost in ("shelf/shelf.css", "shelf/shelf.js", "dailyfresh_core/ajax.js", "jquery"):
        assert lost in text


def test_a_base_without_any_block_is_named(said: Said) -> None:
    (text,) = said(base=WITHOUT_BLOCKS, dailyfresh_core__base='{% extends "base.html" %}')
    assert "the block content" in text


def test_a_block_that_was_overridden_without_super_loses_files_and_no_block(said: Said) -> None:
    careless = '{% extends "dailyfresh_core/base.html" %}{% block package_head %}<link href="/mine.css">{% endblock %}'
    careless += "{% block package_scripts %}{% endblock %}"
    (text,) = said(shelf__base=careless)
    assert "the block" not in text
    assert "shelf/shelf.css, shelf/shelf.js, dailyfresh_core/ajax.js" in text


def test_a_site_that_brings_its_own_jquery_is_not_asked_for_another(said: Said) -> None:
    assert said(jquery_url=None) == []


def test_a_base_that_does_not_compile_is_quoted(said: Said) -> None:
    (text,) = said(dailyfresh_core__base='{% extends "base.html" %}', base="{% blok content %}")
    assert "cannot be rendered" in text
    assert "blok" in text


def test_a_base_that_asks_for_what_is_not_there_yet_is_not_judged(said: Said) -> None:
    assert (
        said(base="{% load minisite_faults %}{% unreachable %}", dailyfresh_core__base='{% extends "base.html" %}')
        == []
    )


def test_a_file_is_named_once_a_page_whoever_names_it(said: Said) -> None:
    frame = OF_SAME_NAMES.replace("<title>", '{% load dailyfresh_core %}{% stylesheet "shelf/shelf.css" %}<title>')
    frame += '{% load dailyfresh_core %}{% include "dailyfresh_core/_scripts.html" %}'
    assert said(base=frame, dailyfresh_core__base='{% extends "base.html" %}', jquery_url=None) == []
    for _ in range(2):
        page = get_template("shelf/base.html").render({}, HttpRequest())
        assert [page.count(name) for name in ("shelf.css", "shelf.js", "ajax.js")] == [1, 1, 1]


def test_attributes_of_a_script_keep_their_values_escaped(said: Said) -> None:
    assert said() == []
    template = get_template("shelf/base.html").backend.from_string(
        '{% load dailyfresh_core %}{% script "a.js" %}data-text="{{ text }}"{% endscript %}{% script none %}{% endscript %}'
    )
    page = template.render({"text": '"><b>'})
    assert page == '<script src="/static/a.js" defer data-text="&quot;&gt;&lt;b&gt;"></script>'
