"""What a site joins is judged where it is used, and asked on real ids by `dailyfresh_check_joins`: each fault is a sentence."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from io import StringIO
from types import SimpleNamespace
from typing import Any, Protocol

import pytest
from dailyfresh_core.conf import Conf
from dailyfresh_core.joins import Join, Probed, WrongShape
from dailyfresh_core.pricing.measures import Measured
from dailyfresh_core.probing import Asked, probe_catalogue
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command


class Thing(Protocol):
    @property
    def sku_id(self) -> str: ...
    @property
    def unit_price(self) -> Decimal: ...
    @property
    def on_sale(self) -> bool: ...
    @property
    def available(self) -> int | None: ...


class Things(Protocol):
    def find(self, sku_ids: Iterable[str]) -> Mapping[str, Thing]: ...
    def best(self, n: int) -> Thing | None: ...
    def all(self) -> Sequence[Thing]: ...


class Settings(Conf, name="DAILYFRESH_TEST"):
    THINGS: str | None = None
    """A join."""


WHERE = f"{__name__}.Site"
JOIN = Join(Settings(), "THINGS", Things, "things")
FITS = {"unit_price": Decimal("2.50"), "on_sale": True, "available": 3}
REAL = ("a", "b", "c")


def thing(key: str, /, **changed: Any) -> SimpleNamespace:
    return SimpleNamespace(**FITS | {"sku_id": key} | changed)


class Site:
    """A site's own class; `changed` and `finding` are what a test makes of it."""

    changed: dict[str, Any] = {}

    def find(self, sku_ids: Iterable[str]) -> Any:
        return self.finding(list(sku_ids))

    def finding(self, sku_ids: list[str]) -> Any:
        return {sku_id: thing(sku_id, **self.changed) for sku_id in sku_ids if sku_id in REAL}

    def best(self, n: int) -> Any:
        return thing("a", **self.changed) if n else None

    def all(self) -> Any:
        return [thing("a", **self.changed)]


class NoMethod:
    def find(self, sku_ids: Iterable[str]) -> Any:
        return {}


class NoArgument(Site):
    def best(self) -> Any:  # type: ignore[override]
        return None


@pytest.fixture(autouse=True)
def joined(settings: Any) -> None:
    settings.DAILYFRESH_TEST = {"THINGS": WHERE}


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Any:
    def change(finding: Any = None, **changed: Any) -> Any:
        monkeypatch.setattr(Site, "changed", changed)
        if finding:
            monkeypatch.setattr(Site, "finding", lambda self, sku_ids: finding(sku_ids))
        return JOIN.made()

    return change


def test_what_fits_is_given_as_it_is(site: Any) -> None:
    made = site(available=None)
    assert made.find(["a"])["a"].unit_price == Decimal("2.50")
    assert (made.best(0), made.best(1).sku_id, made.changed) == (None, "a", {"available": None})


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            {"unit_price": 2.5},
            "under 'a' a SimpleNamespace whose unit_price is 2.5, a float, where a finite Decimal is asked for",
        ),
        ({"unit_price": Decimal("NaN")}, "whose unit_price is Decimal('NaN'), a Decimal, where a finite Decimal"),
        ({"sku_id": 7}, "whose sku_id is 7, an int, where text is asked for"),
        ({"on_sale": 1}, "whose on_sale is 1, an int, where True or False is asked for"),
        ({"available": True}, "whose available is True, a bool, where a whole number or None is asked for"),
        ({"available": "3"}, "whose available is '3', a str, where a whole number or None is asked for"),
    ],
)
def test_a_value_of_another_type_is_a_sentence_that_names_setting_class_and_field(
    site: Any, changed: dict[str, Any], sentence: str
) -> None:
    made = site(**changed)
    with pytest.raises(WrongShape) as raised:
        made.find(["a"])
    said = str(raised.value)
    assert said.startswith(f'DAILYFRESH_TEST["THINGS"]: {WHERE}.find gave ')
    assert sentence in said
    for ask in (lambda: made.best(1), made.all):
        with pytest.raises(WrongShape, match="SimpleNamespace whose"):
            ask()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (None, "gave None, where a mapping is asked for"),
        ([], "gave a list, where a mapping is asked for"),
        ({1: thing("1")}, "gave the key 1, an int, where text is asked for"),
        ({"a": SimpleNamespace(sku_id="a", on_sale=True)}, "under 'a' a SimpleNamespace without unit_price, available"),
        ({"a": None}, "under 'a' None without sku_id"),
    ],
)
def test_another_shape_is_a_sentence(site: Any, given: object, sentence: str) -> None:
    with pytest.raises(WrongShape) as raised:
        site(lambda sku_ids: given).find(["a"])
    assert sentence in str(raised.value)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("NoMethod", "NoMethod has no best()"),
        ("NoArgument", "NoArgument.best cannot be called as best(n)"),
    ],
)
def test_a_class_that_lacks_a_method_is_told_when_it_is_made(settings: Any, name: str, sentence: str) -> None:
    settings.DAILYFRESH_TEST = {"THINGS": f"{__name__}.{name}"}
    with pytest.raises(WrongShape) as raised:
        JOIN.made()
    assert sentence in str(raised.value)


def once_for_each(sku_ids: list[str]) -> Any:
    for _ in sku_ids:
        list(User.objects.all())
    return {sku_id: thing(sku_id) for sku_id in sku_ids if sku_id in REAL}


def by_number(sku_ids: list[str]) -> Any:
    return {sku_id: thing(sku_id) for sku_id in sku_ids if sku_id in REAL or int(sku_id) < 0}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("finding", "changed", "sentence"),
    [
        (None, {"measure": None}, ""),
        (None, {"measure": Measured("weight", "weight")}, ""),
        (None, {}, "find gives nothing with a measure: all of it is sold by the piece."),
        (
            None,
            {"name": "pear", "measure": Measured("weight", "piece")},
            "gave under 'a' what cannot be sold: 'pear' has a measure that cannot be: What is sold by weight",
        ),
        (None, {"unit_price": 2.5}, "whose unit_price is 2.5, a float"),
        (
            None,
            {"unit_price": Decimal("2.505")},
            "the unit_price 2.505: prices in CNY are from 0 on and have 2 places.",
        ),
        (None, {"unit_price": Decimal(-1)}, "the unit_price -1"),
        (None, {"sku_id": "z"}, "gave under 'a' what calls itself 'z'."),
        (by_number, {}, "find raised ValueError for '': what nothing goes by is left out"),
        (
            lambda ids: {each: thing(each) for each in ids},
            {},
            "gave something for '01': only an id that reads exactly the same",
        ),
        (lambda ids: {each: thing(each) for each in REAL}, {}, "gave something where nothing was asked for."),
        (lambda ids: {}, {}, "gave nothing under 'a', 'b', 'c': is something sold under them?"),
        (once_for_each, {}, "takes 3 statements for 3 ids and 1 for one: ask for all of them at once."),
    ],
)
def test_the_probe_says_in_a_sentence_what_does_not_fit(site: Any, finding: Any, changed: Any, sentence: str) -> None:
    site(finding, **changed)
    said = list(probe_catalogue(JOIN, Asked(REAL)))
    assert any(sentence in each for each in said) if sentence else said == []


@pytest.mark.django_db
def test_a_look_up_that_keeps_a_page_waiting_is_told(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dailyfresh_core.probing.SLOW", 0.0)
    site(measure=None)
    (said,) = probe_catalogue(JOIN, Asked(REAL))
    assert said.endswith("ms for 3 ids: a page waits for it.")


@pytest.mark.django_db
def test_an_id_that_no_cart_can_hold_is_refused_by_the_probe(site: Any) -> None:
    site()
    said = list(probe_catalogue(JOIN, Asked((*REAL, "x" * 65, "a b ", "é"))))
    assert [each.split(" ", 3)[2] for each in said] == ["'xxxxxxxxxxxxxxxxxxxx'…", "'a", "'é'"]
    assert "has 65 characters, and carts and orders hold 64." in said[0]


@pytest.mark.django_db
def test_the_command_names_every_join_and_fails_when_one_does_not_fit(
    site: Any, monkeypatch: Any, settings: Any
) -> None:
    probed = Probed(JOIN, probe_catalogue, lambda: REAL)
    monkeypatch.setattr("dailyfresh_core.joins._probed", {JOIN.where: probed})
    out, err = StringIO(), StringIO()
    call_command("dailyfresh_check_joins", stdout=out, stderr=err)
    assert f'DAILYFRESH_TEST["THINGS"]: {WHERE} fits.' in out.getvalue()
    site(unit_price=2.5)
    with pytest.raises(CommandError, match=r"1 thing does not fit; docs/contracts\.md"):
        call_command("dailyfresh_check_joins", sku=["a"], stdout=out, stderr=err)
    assert err.getvalue().count('DAILYFRESH_TEST["THINGS"]') == 1
    settings.DAILYFRESH_TEST = {}
    call_command("dailyfresh_check_joins", stdout=out, stderr=err)
    assert "is None: nothing is asked of it." in out.getvalue()
    with pytest.raises(CommandError, match="no user 'nobody'"):
        call_command("dailyfresh_check_joins", user="nobody", stdout=out, stderr=err)
    monkeypatch.setattr("dailyfresh_core.joins._probed", {})
    with pytest.raises(CommandError, match="give some by --sku"):
        call_command("dailyfresh_check_joins", stdout=out, stderr=err)
