from typing import Any

import pytest
from django.template import Context, Template
from django.urls import clear_script_prefix, set_script_prefix
from django.utils.translation import override


def render(text: str, **context: Any) -> str:
    return Template("{% load dailyfresh_core i18n %}" + text).render(Context(context)).strip()


def test_an_icon_can_be_kept_for_a_loop() -> None:
    drawn = render('{% icon "minus" as minus %}{% for one in "ab" %}{{ minus }}{% endfor %}')
    assert drawn.count("−</span>") == 2


@pytest.fixture
def at_the_root_again() -> Any:
    yield
    clear_script_prefix()


@pytest.mark.usefixtures("at_the_root_again")
def test_what_is_rendered_once_is_so_for_each_language_and_prefix() -> None:
    template = Template(
        "{% load dailyfresh_core i18n %}{% once %}{% translate 'Sign in' %} {% url 'asked' %} {{ n }}{% endonce %}"
    )
    said = []
    for n, (language, prefix) in enumerate([("en", "/"), ("zh-hans", "/"), ("en", "/sub/"), ("en", "/")]):
        set_script_prefix(prefix)
        with override(language):
            said.append(template.render(Context({"n": n})))
    assert said == ["Sign in /asked/ 0", "登录 /asked/ 1", "Sign in /sub/asked/ 2", "Sign in /asked/ 0"]
