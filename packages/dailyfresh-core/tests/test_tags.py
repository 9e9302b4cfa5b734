import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from dailyfresh_core.i18n.languages import Text
from dailyfresh_core.rendered import Rendered
from dailyfresh_core.templatetags import dailyfresh_core as tags
from django.contrib.auth import get_user_model
from django.template import Context, Template
from django.template.loader import get_template
from django.urls import clear_script_prefix, set_script_prefix
from django.utils.translation import override


def render(text: str, **context: Any) -> str:
    return Template("{% load dailyfresh_core i18n %}" + text).render(Context(context)).strip()


def test_an_icon_is_drawn_once_for_each_look(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    real = tags.sign
    monkeypatch.setitem(tags.register.filters, "sign", lambda name: drawn.append(name) or real(name))
    get_template("dailyfresh_core/_icon.html").template.engine.template_loaders[0].reset()  # type: ignore[attr-defined]
    page = render('{% for one in "abb" %}{% icon "minus" %}{% icon "minus" small=True class=one %}{% endfor %}')
    assert (page.count("−</span>"), drawn) == (6, ["minus"] * 3)
    looks = [" ".join(look.split()) for look in re.findall(r'class="([^"]*)"', page)]
    assert looks == [look for one in "abb" for look in ("df-icon", f"df-icon df-icon--small {one}")]


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


def test_a_part_is_rendered_once_for_each_of_the_values_that_it_names() -> None:
    template = Template("{% load dailyfresh_core %}{% once types here|yesno %}{{ types.0 }} {{ n }}{% endonce %}")
    asked = [(("a",), "/"), (("a",), ""), (("b",), "/"), (("a",), "/list/")]
    said = [template.render(Context({"types": types, "here": here, "n": n})) for n, (types, here) in enumerate(asked)]
    assert said == ["a 0", "a 1", "b 2", "a 0"]


def test_of_values_without_end_those_are_kept_that_are_shown_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Rendered()
    monkeypatch.setattr(tags, "rendered", kept)
    monkeypatch.setattr(Rendered, "MOST", 5000)
    template = Template("{% load dailyfresh_core %}{% once words %}{{ words }}{{ n }}{% endonce %}")
    for n in range(1, 1000):
        assert template.render(Context({"words": f"{n}."})) == f"{n}."
        assert template.render(Context({"words": "hot ", "n": n})) == "hot 1"
    assert sum(len(part) + Rendered.KEY for part in kept.parts.values()) == kept.characters <= 5000


def test_a_row_is_no_value_to_keep_a_part_by() -> None:
    """It equals itself whatever it holds: what was drawn of it would stay for ever."""
    user = get_user_model()(pk=1, username="a")
    for value in (user, (user,)):
        with pytest.raises(TypeError, match="name its fields"):
            render("{% once value %}{{ value }}{% endonce %}", value=value)


@dataclass(frozen=True)
class Named:
    name: str


@pytest.mark.parametrize("given", [lambda text: text, lambda text: (text,), Named])
def test_two_texts_that_are_equal_in_two_languages_are_two_values(given: Callable[[Text], object]) -> None:
    template = Template("{% load dailyfresh_core %}{% once value %}{{ language }}{% endonce %}")
    said = [template.render(Context({"value": given(Text("Kiwi", each)), "language": each})) for each in ("en", "de")]
    assert said == ["en", "de"]


def test_which_of_two_equal_texts_is_in_the_other_language_makes_a_difference() -> None:
    template = Template("{% load dailyfresh_core %}{% once value %}{{ which }}{% endonce %}")
    kiwi = Text("Kiwi", "de")
    values = [(kiwi, "Kiwi"), ("Kiwi", kiwi)]
    assert [template.render(Context({"value": value, "which": n})) for n, value in enumerate(values)] == ["0", "1"]
