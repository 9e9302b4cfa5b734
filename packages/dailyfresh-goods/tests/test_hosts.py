"""Several hosts with pages of their own: each is told of every change, and none is told for another."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import BASE, Shop
from dailyfresh_core.background.waking import asleep
from dailyfresh_goods import selectors
from dailyfresh_goods.models import Follower, StalePage
from dailyfresh_goods.services import drain_pages, following
from django.utils import timezone

Host = Callable[[str], None]


@pytest.fixture
def on(tmp_path: Path, settings: Any) -> Iterator[Host]:
    """Makes this process one of the host of that name, with a folder of its own; nothing is drained by itself."""

    def be(name: str) -> None:
        options = {"BACKEND": "dailyfresh_goods.pages.disk.DiskPages", "OPTIONS": {"root": tmp_path / (name or "none")}}
        settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "PAGES": options, "HOST_NAME": name}

    with asleep():
        yield be


def shown(tmp_path: Path, host: str, path: str) -> str:
    file = tmp_path / host / "current" / f"{BASE}{path}".strip("/") / "index.html"
    return file.read_text() if file.exists() else ""


def test_each_host_follows_a_change_whoever_drains_first(shop: Shop, tmp_path: Path, on: Host) -> None:
    sku = shop.sku("Apple")
    for host in ("east", "west"):
        on(host)
        drain_pages()
    sku.name = "Cox Orange"
    sku.save()
    for host in ("east", "west"):
        on(host)
        assert "Cox Orange" not in shown(tmp_path, host, f"/goods/{sku.pk}/")
        drain_pages()
        assert "Cox Orange" in shown(tmp_path, host, f"/goods/{sku.pk}/")
    assert not StalePage.objects.exists()


def test_a_host_that_is_new_makes_everything_whatever_lay_there(shop: Shop, tmp_path: Path, on: Host) -> None:
    sku, gone = shop.sku("Apple"), shop.sku("Quince")
    on("east")
    drain_pages()
    address = f"/goods/{gone.pk}/"
    assert "Quince" in shown(tmp_path, "east", address)
    Follower.objects.all().delete()
    gone.delete()
    StalePage.objects.all().delete()
    drain_pages()
    assert shown(tmp_path, "east", address) == ""
    assert "Apple" in shown(tmp_path, "east", f"/goods/{sku.pk}/")
    assert "Apple" in shown(tmp_path, "east", "/list/fruit/")


def test_a_host_that_comes_back_soon_catches_up_and_one_that_was_away_for_long_begins_anew(
    shop: Shop, tmp_path: Path, on: Host, caplog: pytest.LogCaptureFixture
) -> None:
    sku = shop.sku("Apple")
    for host in ("east", "west"):
        on(host)
        drain_pages()
    sku.name = "Cox Orange"
    sku.save()
    on("east")
    drain_pages()
    assert set(StalePage.objects.values_list("host", flat=True)) == {"west"}
    Follower.objects.filter(host="west").update(seen_at=timezone.now() - following.GONE - timedelta(minutes=1))
    drain_pages()
    assert not StalePage.objects.exists()
    assert "west was not seen for a day" in caplog.text
    on("west")
    drain_pages()
    assert "Cox Orange" in shown(tmp_path, "west", f"/goods/{sku.pk}/")
    assert Follower.objects.count() == 2


def test_who_has_no_name_takes_no_mark_from_those_who_have_one(shop: Shop, tmp_path: Path, on: Host) -> None:
    sku = shop.sku("Apple")
    on("east")
    drain_pages()
    sku.name = "Cox Orange"
    sku.save()
    on("")
    drain_pages()
    assert shown(tmp_path, "none", "/") == ""
    on("east")
    assert selectors.backlog().waiting > 0
    drain_pages()
    assert "Cox Orange" in shown(tmp_path, "east", f"/goods/{sku.pk}/")


def test_a_mark_keeps_the_moment_of_its_change_when_it_is_handed_out(shop: Shop, on: Host) -> None:
    for host in ("east", "west"):
        on(host)
        drain_pages()
    then = timezone.now() - timedelta(hours=1)
    StalePage.objects.create(key="home", marked_at=then)
    following.marks_here(StalePage, anew={})
    assert set(StalePage.objects.values_list("host", "marked_at")) == {("east", then), ("west", then)}


def test_what_another_drain_is_handing_out_is_left_to_it(shop: Shop, on: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    for host in ("east", "west"):
        on(host)
        drain_pages()
    StalePage.objects.create(key="home")
    real = StalePage._default_manager.filter

    def late(*args: Any, **kwargs: Any) -> Any:
        if "pk__in" in kwargs:  # the other one was quicker than our DELETE
            real(host="").delete()
        return real(*args, **kwargs)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(StalePage._default_manager, "filter", late)
        following.marks_here(StalePage, anew={})
    assert list(StalePage.objects.values_list("host", flat=True)) == [""]  # ours was rolled back, the other's with it
    following.marks_here(StalePage, anew={})
    assert sorted(StalePage.objects.values_list("host", flat=True)) == ["east", "west"]
