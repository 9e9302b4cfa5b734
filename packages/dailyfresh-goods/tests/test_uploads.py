"""A file on its way in: shown before anything is written, taken in beside the requests, and given back marked."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from conftest import Shop
from dailyfresh_core.exchange import How, write_csv, write_xlsx
from dailyfresh_goods import services
from dailyfresh_goods.models import SKU, GoodsImport, GoodsImportPiece
from dailyfresh_goods.services.importing import imports, uploads
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

HERE = "/admin/dailyfresh_goods/sku/import/"
Committing = Callable[[], AbstractContextManager[Any]]

HEAD = "slug,type,name,price,unit"
GOOD = f"{HEAD}\npear,fruit,Pear,3.50,1kg\nplum,fruit,Plum,2,1kg\n"
HALF = f"{GOOD}bad slug,fruit,Bad,2,1kg\n"
FOREIGN = "Artikel;Gruppe;Bezeichnung;Preis;Gebinde;EAN\npear;fruit;Pear;3.50;1kg;690\n"


@pytest.fixture
def staff(admin_client: Client, committing: Committing) -> Callable[..., Any]:
    """`staff(text)` uploads a file and gives its page; `staff(page, run="x")` does what a button of the page does."""

    def act(what: Any, name: str = "goods.csv", **more: Any) -> Any:
        with committing():
            if isinstance(what, str):
                answer = admin_client.post(HERE, {"file": SimpleUploadedFile(name, what.encode())}, follow=True)
            else:
                form = what.context["form"]
                told = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
                answer = admin_client.post(what.request["PATH_INFO"], told | more, follow=True)
        return admin_client.get(answer.request["PATH_INFO"]) if not isinstance(what, str) else answer

    return act


def shown(answer: HttpResponse) -> str:
    return " ".join(answer.content.decode().split())


def test_a_file_is_shown_before_anything_is_written(shop: Shop, staff: Callable[..., Any]) -> None:
    shop.sku("Pear", slug="pear", price="3.00")
    page = staff(HALF)
    assert page.context["look"].how == How("utf-8-sig", ",", "", 1)
    lines = page.context["look"].lines
    assert [(line.number, line.outcome) for line in lines] == [(2, "changed"), (3, "new"), (4, "bad")]
    assert list(lines[2].problems) == ["slug"]
    assert "Found in the CSV file" in shown(page)
    assert SKU.objects.count() == 1


def test_a_file_is_checked_whole_and_one_bad_row_keeps_all_out(shop: Shop, staff: Callable[..., Any]) -> None:
    page = staff(HALF)
    for action in ("check", "run"):
        page = staff(page, **{action: "x"})
        assert page.context["upload"].state == "refused"
        assert "2 SKUs would be created, 0 changed, 0 are so already; 1 rows are bad." in shown(page)
        assert "<td>4</td><td>slug</td>" in shown(page)
    assert not SKU.objects.exists()


def test_a_good_file_is_taken_in_and_again_changes_nothing(shop: Shop, staff: Callable[..., Any]) -> None:
    page = staff(staff(GOOD), run="x")
    assert "2 SKUs were created, 0 changed, 0 as they were; 0 rows were left out." in shown(page)
    assert "0 SKUs were created, 0 changed, 2 as they were" in shown(staff(page, run="x"))
    assert SKU.objects.count() == 2


def test_an_export_that_was_changed_is_taken_in(shop: Shop, staff: Callable[..., Any], admin_client: Client) -> None:
    shop.sku("苹果", slug="apple", price="9.90")
    exported = b"".join(admin_client.get("/admin/dailyfresh_goods/sku/export/").streaming_content)  # type: ignore[attr-defined]
    page = staff(staff(exported.decode("utf-8-sig").replace("9.90", "8.80")), run="x")
    assert page.context["upload"].state == "done"
    assert str(SKU.objects.get().price) == "8.80"


@pytest.mark.parametrize("name", ["goods.csv", "goods.xlsx"])
def test_what_is_bad_is_named_by_the_headings_of_the_file_and_what_it_has_none_for_as_staff_read_it(
    shop: Shop, admin_client: Client, committing: Committing, name: str
) -> None:
    headings, row = ["编号", "品名", "零售价", "包装"], ["pear", "梨", "三块五", "1kg"]
    table = [dict(zip(headings, row, strict=True))]
    data = write_xlsx(headings, table) if name.endswith("xlsx") else b"".join(write_csv(headings, table))
    with committing():
        page = admin_client.post(HERE, {"file": SimpleUploadedFile(name, data)}, follow=True)
    url = page.request["PATH_INFO"]
    told = {field.html_name: field.value() or "" for field in page.context["form"] if field.name != "skip_bad"}
    told["column-2"] = "price"
    with committing():
        admin_client.post(url, told | {"check": "x"})
    page = admin_client.get(url)
    assert [(one["column"], one["message"][:14]) for one in page.context["upload"].report["problems"]] == [
        ("零售价", "Write a number"),
        ("type · type", "A new SKU need"),
    ]
    assert "bad type · type: A new SKU needs this." in " ".join(strip_tags(shown(page)).split())
    answer = admin_client.get(f"{url}marked.csv")
    marked = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert marked.splitlines()[1].startswith('"零售价: Write a number')


def test_two_headings_for_one_column_are_told_with_what_staff_call_it(shop: Shop, staff: Callable[..., Any]) -> None:
    page = staff("货号,售价,现价\npear,1,2\n")
    assert "Both “售价” and “现价” are taken for the column price · price." in shown(page)


def test_bad_rows_may_be_left_out_and_the_file_comes_back_marked(
    shop: Shop, staff: Callable[..., Any], admin_client: Client
) -> None:
    page = staff(staff(HALF), run="x", skip_bad="on")
    assert "2 SKUs were created" in shown(page)
    answer = admin_client.get(f"{page.request['PATH_INFO']}marked.csv")
    marked = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    lines = marked.splitlines()
    assert lines[0] == f"[problem],{HEAD}"
    assert lines[1] == ",pear,fruit,Pear,3.50,1kg"
    assert lines[3].startswith('"slug: Enter a valid')
    assert staff(staff(marked.replace("bad slug", "good-slug")), run="x").context["upload"].state == "done"
    assert SKU.objects.count() == 3


def test_headings_that_nobody_knows_are_mapped_by_hand_and_remembered(shop: Shop, staff: Callable[..., Any]) -> None:
    page = staff(FOREIGN)
    assert [column for _heading, column in page.context["look"].columns] == [None] * 6
    assert "No column of ours is called “Artikel”" in shown(page)
    told = {f"column-{n}": column for n, column in enumerate(["slug", "type", "name", "price", "unit", ""])}
    page = staff(page, run="x", **told)
    assert page.context["upload"].state == "done"
    assert str(SKU.objects.get().price) == "3.50"
    again = staff(FOREIGN.replace("3.50", "4.50"))
    assert [line.outcome for line in again.context["look"].lines] == ["changed"]
    assert again.context["look"].error == ""


def test_how_a_file_is_read_can_be_told(shop: Shop, staff: Callable[..., Any]) -> None:
    page = staff(f"old,list\n{GOOD}")
    assert page.context["look"].how.heading == 2
    page = staff(page, run="x", heading="1")
    assert page.context["upload"].state == "new"  # other headings: they are shown first
    assert [heading for heading, _column in page.context["look"].columns] == ["old", "list"]
    page = staff(page, look="x", heading="2", separator=",")
    assert staff(page, run="x").context["upload"].state == "done"
    assert "There is no row 9" in shown(staff(page, look="x", heading="9"))


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [("x.exe", "x", "must end with"), ("x.xlsx", "x", "XLSX file cannot be read"), ("x.csv", "", "no row")],
)
def test_what_is_no_table_is_not_kept(
    shop: Shop, staff: Callable[..., Any], name: str, text: str, sentence: str
) -> None:
    if not text:
        text = "\n"
    assert sentence in shown(staff(text, name))
    assert not GoodsImport.objects.exists()


def kept(text: str = GOOD, **more: Any) -> GoodsImport:
    upload = services.keep_import(file=io.BytesIO(text.encode()), name="goods.csv", by=None)
    GoodsImport.objects.filter(pk=upload.pk).update(**more)
    return GoodsImport.objects.get(pk=upload.pk)


def test_a_file_is_kept_in_pieces_and_read_whole(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "PIECE", 10)
    upload = kept()
    assert upload.pieces.count() == len(GOOD) // 10 + 1
    with uploads.content_of(upload) as content:
        assert content.file.read() == GOOD.encode()


def test_old_files_go(shop: Shop) -> None:
    kept(created_at=timezone.now() - timedelta(days=8))
    new = kept()
    assert list(GoodsImport.objects.all()) == [new]
    assert set(GoodsImportPiece.objects.values_list("upload", flat=True)) == {new.pk}


def test_what_a_dead_worker_began_is_taken_up(shop: Shop) -> None:
    past, ahead = timezone.now() - timedelta(seconds=1), timezone.now() + timedelta(minutes=1)
    dead = kept(state="running", due_at=past, dry_run=False)
    alive = kept(state="running", due_at=ahead, dry_run=False)
    services.run_imports()
    dead.refresh_from_db()
    alive.refresh_from_db()
    assert (dead.state, alive.state, SKU.objects.count()) == ("done", "running", 2)


def test_an_import_tells_how_far_it_is_and_stops_when_it_is_cancelled(
    shop: Shop, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "BATCH", 1)
    clock = iter(range(10_000))
    monkeypatch.setattr(uploads.time, "monotonic", lambda: float(next(clock)))
    upload = kept(
        HEAD + "".join(f"\np{n},fruit,Pear,3,1kg" for n in range(5)),
        state="waiting",
        due_at=timezone.now(),
        dry_run=False,
    )
    write, seen = imports.write, []

    def watched(good: Any) -> None:
        write(good)
        upload.refresh_from_db()
        page = admin_client.get(f"{HERE}{upload.pk}/").content.decode()
        seen.append((upload.total, "SKUs would be created" in page, "SKUs were created" in page))
        assert '<meta http-equiv="refresh"' in page
        if len(seen) == 3:
            services.cancel_import(upload=upload)

    monkeypatch.setattr(imports, "write", watched)
    services.run_imports()
    upload.refresh_from_db()
    assert seen == [(0, True, False), (5, False, True), (5, False, True)]
    assert upload.state == "cancelled"
    assert SKU.objects.count() == 3


def test_a_database_that_is_away_leaves_the_file_to_the_next_worker(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = kept(state="waiting", due_at=timezone.now(), dry_run=False)

    def away(_good: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(imports, "write", away)
    with pytest.raises(OperationalError):
        services.run_imports()
    upload.refresh_from_db()
    assert (upload.state, upload.due_at is None) == ("running", False)


def test_a_fault_of_the_program_ends_an_import(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    upload = kept(state="waiting", due_at=timezone.now(), dry_run=False, language="en")
    monkeypatch.setattr(imports, "write", lambda good: good.nonsense)
    services.run_imports()
    upload.refresh_from_db()
    assert upload.state == "refused"
    assert "its log says why" in upload.error
    assert "failed" in caplog.text


def test_staff_read_the_problems_in_the_language_they_began_in(
    shop: Shop, staff: Callable[..., Any], admin_client: Client
) -> None:
    page = staff(HALF)
    admin_client.cookies["django_language"] = "zh-hans"
    assert "表头" in shown(admin_client.get(page.request["PATH_INFO"]))
    page = staff(page, check="x")
    assert GoodsImport.objects.get().language == "zh-hans"


@pytest.mark.parametrize("address", ["", "{pk}/", "{pk}/marked.csv"])
def test_importing_takes_the_right_to_add_and_change(shop: Shop, client: Client, address: str) -> None:
    user = User.objects.create_user("clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_sku", "change_sku"]))
    client.force_login(user)
    url = HERE + address.format(pk=kept().pk)
    assert client.get(url).status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="add_sku"))
    assert client.get(url).status_code == 200
    assert client.get(f"{HERE}987654/").status_code == 404
