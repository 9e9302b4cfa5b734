"""Goods in files: what comes out goes in again, and a bad row is named before anything is written."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import Shop
from dailyfresh_core.exchange import BadFile, Row, write_csv, write_json, write_xlsx
from dailyfresh_goods.import_export.columns import all_columns
from dailyfresh_goods.models import SKU, SPU, Band, GoodsType, StalePage
from dailyfresh_goods.services import export_goods, import_goods, read_goods
from dailyfresh_goods.signals import pages_marked, rows_changed
from django.core.management import CommandError, call_command

GOOD: dict[str, Any] = {"slug": "pear", "type": "fruit", "name": "Pear", "price": "3.50", "unit": "1kg"}


def rows(*given: dict[str, Any]) -> Any:
    return [Row(number, values) for number, values in enumerate(given, 2)]


def problems(*given: dict[str, Any]) -> list[tuple[int, str]]:
    report = import_goods(rows=rows(*given), dry_run=True)
    return [(problem.row, problem.column) for problem in report.problems]


def test_a_row_makes_a_sku_and_packs_that_name_another_share_its_spu(shop: Shop) -> None:
    import_goods(
        rows=rows(
            GOOD | {"spu_name": "Pears", "detail": "<p>Juicy</p><script></script>", "stock": "5", "on_sale": "是"},
            GOOD | {"slug": "pear-2", "unit": "2kg", "spu": "pear"},
        )
    )
    pear, crate = SKU.objects.order_by("slug")
    assert pear.spu == crate.spu
    assert pear.spu.name == "Pears"
    assert pear.spu.detail == "<p>Juicy</p>"
    assert (pear.band, crate.band) == (Band.LOW, Band.SOLD_OUT)
    assert set(StalePage.objects.values_list("key", flat=True)) >= {f"detail:{pear.pk}", "list:fruit"}


def test_the_slug_and_the_columns_to_change_are_enough(shop: Shop) -> None:
    sku = shop.sku("Apple", slug="apple", market_price="12.00", stock=5)
    StalePage.objects.all().delete()
    report = import_goods(rows=rows({"slug": "apple", "price": "8.80", "market_price": "[clear]", "stock": 50}))
    changed = SKU.objects.get()
    assert (report.created, report.changed, report.bad) == (0, 1, 0)
    assert (changed.pk, str(changed.price), changed.market_price, changed.stock) == (sku.pk, "8.80", None, 50)
    assert (changed.name, changed.spu_id, changed.band) == ("Apple", sku.spu_id, Band.IN_STOCK)
    assert changed.created_at == sku.created_at
    assert StalePage.objects.filter(key=f"detail:{sku.pk}").exists()


def test_a_row_that_says_nothing_new_writes_nothing_and_marks_no_page(shop: Shop) -> None:
    row = GOOD | {
        "spu_name": "Pears",
        "detail": "<p>Juicy</p><script></script>",
        "market_price": "4",
        "image": "p.webp",
    }
    import_goods(rows=rows(row, GOOD | {"slug": "pear-2"}))
    before = list(SKU.objects.order_by("slug").values())
    StalePage.objects.all().delete()
    dry, wet = (import_goods(rows=rows(row, GOOD | {"slug": "pear-2", "price": 3.5}), dry_run=dry) for dry in (1, 0))
    assert dry == wet
    assert (wet.created, wet.changed, wet.unchanged) == (0, 0, 2)
    assert list(SKU.objects.order_by("slug").values()) == before
    assert not StalePage.objects.exists()


@pytest.mark.parametrize("news", [{"type": "fish"}, {"spu_name": "Others"}, {"specs": "Size: L"}, {"stock": 1}])
def test_one_new_cell_is_a_change(news: dict[str, Any], shop: Shop) -> None:
    import_goods(rows=rows(GOOD))
    report = import_goods(rows=rows(GOOD | news))
    assert (report.changed, report.unchanged) == (1, 0)
    assert next(export_goods(skus=SKU.objects.all()))[next(iter(news))] == next(iter(news.values()))


def test_a_file_marks_each_page_once(shop: Shop) -> None:
    apple = shop.sku("Apple", slug="apple")
    StalePage.objects.all().delete()
    import_goods(rows=rows({"slug": "apple", "type": "fish"}))
    keys = ["home", "list:fish", "list:fruit", f"detail:{apple.pk}"]
    assert sorted(StalePage.objects.values_list("key", flat=True)) == sorted(keys)


def test_a_long_text_changes_the_pages_of_all_packs(shop: Shop) -> None:
    import_goods(rows=rows(GOOD, GOOD | {"slug": "pear-2", "spu": "pear"}))
    StalePage.objects.all().delete()
    import_goods(rows=rows({"slug": "pear", "detail": "<p>Sweet</p>"}))
    assert SPU.objects.get().detail == "<p>Sweet</p>"
    details = {f"detail:{pk}" for pk in SKU.objects.values_list("pk", flat=True)}
    assert set(StalePage.objects.values_list("key", flat=True)) >= details


def test_a_row_touches_no_column_it_does_not_give(shop: Shop) -> None:
    shop.sku("Apple", slug="apple", stock=50)
    shop.sku("Pear", slug="pear", stock=50)

    def sell(**_: Any) -> None:
        pages_marked.disconnect(sell)
        SKU.untracked.filter(slug="apple").update(stock=49)  # between reading the row and writing it

    pages_marked.connect(sell)
    import_goods(rows=rows({"slug": "apple", "price": "1.00"}, {"slug": "pear", "stock": 7}))
    assert list(SKU.objects.order_by("slug").values_list("stock", flat=True)) == [49, 7]


def test_a_row_touches_no_text_of_the_spu_it_does_not_give(shop: Shop) -> None:
    shop.sku("Apple", slug="apple")
    shop.sku("Pear", slug="pear")

    def write(before: bool, **_: Any) -> None:
        if before:  # between reading the SPU and writing it
            SPU.untracked.filter(name="Apple").update(detail="<p>Crisp</p>")

    rows_changed.connect(write, sender=SPU)
    try:
        import_goods(rows=rows({"slug": "apple", "specs": "Box: 6"}, {"slug": "pear", "detail": "<p>Sweet</p>"}))
    finally:
        rows_changed.disconnect(write, sender=SPU)
    texts = SPU.objects.order_by("name").values_list("detail", "specs")
    assert list(texts) == [("<p>Crisp</p>", "Box: 6"), ("<p>Sweet</p>", "")]


def test_a_sku_that_moves_marks_the_list_it_leaves(shop: Shop) -> None:
    shop.sku("Apple", slug="apple")
    StalePage.objects.all().delete()
    import_goods(rows=rows({"slug": "apple", "type": "fish"}))
    assert set(StalePage.objects.values_list("key", flat=True)) >= {"list:fruit", "list:fish"}


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"slug": "not a slug"}, "slug"),
        ({"price": "cheap"}, "price"),
        ({"price": "-1"}, "price"),
        ({"price": "1.234"}, "price"),
        ({"price": ""}, "price"),
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"type": "nuts"}, "type"),
        ({"type": ""}, "type"),
        ({"stock": "-5"}, "stock"),
        ({"stock": "1e400"}, "stock"),
        ({"limit": "0"}, "limit"),
        ({"on_sale": "maybe"}, "on_sale"),
        ({"colour": "red"}, "colour"),
        *(({column: "ri\x00pe"}, column) for column in ("slug", "type", "spu", "name", "detail")),
        ({"name": "half a \ud83c"}, "name"),
    ],
)
def test_a_bad_cell_is_named(row: dict[str, Any], column: str, shop: Shop) -> None:
    assert problems(GOOD, GOOD | {"slug": "other"} | row) == [(3, column)]


def test_a_row_twice_and_a_new_row_without_its_columns_are_named(shop: Shop) -> None:
    assert problems(GOOD, GOOD) == [(3, "slug")]
    assert problems({"slug": "new", "price": "1"}) == [(2, "type"), (2, "name"), (2, "unit")]
    assert problems({"price": "1"})[0] == (2, "slug")


def test_one_slug_in_two_spellings_is_named(shop: Shop) -> None:
    assert problems(GOOD, GOOD | {"slug": "Pear"}) == [(3, "slug")]


def test_a_slug_that_differs_in_case_alone_overwrites_nothing(shop: Shop) -> None:
    """MariaDB takes both for one, and the new SKU would be written over the old; elsewhere there would be two."""
    sku = shop.sku("Apple", slug="apple")
    assert problems(GOOD | {"slug": "Apple"}, GOOD) == [(2, "slug")]
    report = import_goods(rows=rows(GOOD | {"slug": "Apple"}, {"slug": "APPLE", "price": 1}, GOOD), skip_bad=True)
    assert (report.bad, report.created) == (2, 1)
    sku.refresh_from_db()
    assert (sku.name, sku.slug, str(sku.price)) == ("Apple", "apple", "9.90")


def test_numbers_of_a_spreadsheet_are_taken_as_they_read(shop: Shop) -> None:
    import_goods(rows=rows(GOOD | {"price": 9.9, "stock": 12.0, "name": 300.0, "on_sale": True}))
    sku = SKU.objects.get()
    assert (str(sku.price), sku.stock, sku.name, sku.on_sale) == ("9.90", 12, "300", True)


def test_a_dry_run_writes_nothing(shop: Shop) -> None:
    report = import_goods(rows=rows(GOOD), dry_run=True)
    assert report.created == 1
    assert not SKU.objects.exists()


def exported_as(ending: str, rows: Any) -> bytes:
    if ending == ".xlsx":
        return write_xlsx(all_columns(), rows)
    return b"".join({".csv": write_csv, ".json": write_json}[ending](all_columns(), rows))


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".json"])
def test_what_comes_out_goes_in_again(ending: str, shop: Shop) -> None:
    formula = shop.sku("=SUM(A1)", slug="formula", description="-1, “quoted”\nline", market_price="12.00", limit=3)
    apple = shop.sku("苹果", slug="apple", on_sale=False, stock=None, requires_shipping=False)
    apple.translations = {"zh-hans": {"name": "=SUM(A1)", "unit": "500克", "description": "甜\n脆"}}
    apple.save()
    apple.spu.translations = {"zh-hans": {"name": "=SUM(A1)", "detail": "<p>甜</p>\n", "specs": "颜色：红"}}
    apple.spu.save()
    shop.sku("'=SUM(A1)", slug="pack", spu=formula.spu)
    exported = list(export_goods(skus=SKU.objects.all()))
    body = exported_as(ending, exported)
    if ending == ".csv":
        assert b"'=SUM(A1)" in body  # a spreadsheet must not run it
    report = import_goods(rows=read_goods(io.BytesIO(body), f"goods{ending}"))
    assert report.problems == []
    assert (report.created, report.unchanged) == (0, 3)
    assert list(export_goods(skus=SKU.objects.all())) == exported
    SKU.objects.all().delete()
    SPU.objects.all().delete()
    assert import_goods(rows=read_goods(io.BytesIO(body), f"goods{ending}")).created == 3
    assert list(export_goods(skus=SKU.objects.all())) == exported


def test_an_export_asks_for_a_portion_at_a_time(shop: Shop, django_assert_num_queries: Any) -> None:
    """A driver such as MariaDB's takes the whole answer into memory, whatever is read of it."""
    skus = shop.many(1203)
    with django_assert_num_queries(3) as asked:
        slugs = [row["slug"] for row in export_goods(skus=SKU.objects.order_by("-price"))]
    assert slugs == [sku.slug for sku in skus]
    assert all("LIMIT 500" in query["sql"] for query in asked)


def test_excel_in_china_writes_gbk(shop: Shop) -> None:
    text = "slug,type,name,price,unit\npear,fruit,雪梨,3.50,盒\n"
    (row,) = read_goods(io.BytesIO(text.encode("gb18030")), "goods.CSV")
    assert (row.number, row.values["name"]) == (2, "雪梨")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("goods.pdf", b"x"),
        ("goods.xlsx", b"no zip"),
        ("goods.json", b'{"slug": "a"} nonsense'),
        ("goods.json", b"[1, 2]"),
        ("goods.json", b"\xff\xfe"),
        ("goods.csv", b"a\n\xff\xff\xff" * 9),
    ],
)
def test_a_file_that_is_none_is_named(name: str, body: bytes) -> None:
    with pytest.raises(BadFile):
        list(read_goods(io.BytesIO(body), name))


@pytest.mark.parametrize("indent", [None, 2])
def test_json_is_an_array_or_one_object_a_line(indent: int | None) -> None:
    objects = [{"slug": f"s{n}", "detail": "雪" * 4000} for n in range(30)]
    lines = "\n".join(json.dumps(o) for o in objects)
    for text in (json.dumps(objects, indent=indent, ensure_ascii=False), lines):
        assert [row.values for row in read_goods(io.BytesIO(text.encode()), "goods.json")] == objects


def catalogue(path: Path, number: int) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["slug", "type", "spu", "name", "price", "unit", "stock", "detail"])  # two packs each
        for n in range(number):
            writer.writerow(
                [f"g-{n}", f"type-{n % 6}", f"g-{n // 2 * 2}", f"Goods {n // 2}", "9.90", f"{n}g", 50, "x" * 200]
            )
    return path


def test_load_catalogue_reads_twice_and_names_bad_rows(db: None, tmp_path: Path, capsys: Any) -> None:
    path = catalogue(tmp_path / "goods.csv", 1200)
    with pytest.raises(CommandError, match="1200 bad rows; nothing was written"):
        call_command("load_catalogue", path)
    assert "row 2, type" in capsys.readouterr().err
    call_command("load_catalogue", path, "--create-types", "--dry-run", "--skip-bad")
    assert not GoodsType.objects.exists()
    call_command("load_catalogue", path, "--create-types")
    assert (SKU.objects.count(), SPU.objects.count(), GoodsType.objects.count()) == (1200, 600, 6)
    with path.open("a") as file:
        file.write("bad slug,type-1,x,x,1,1,1,\n")
    with pytest.raises(CommandError, match="1 bad rows"):
        call_command("load_catalogue", path)
    call_command("load_catalogue", path, "--skip-bad")
    assert "0 SKUs were created, 0 changed, 1200 as they were, 1 rows bad" in capsys.readouterr().out
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_catalogue", tmp_path / "nowhere.csv")


def test_what_a_load_took_is_its_own_and_not_what_its_parent_had_taken(tmp_path: Path) -> None:
    taken = bytearray(256 << 20)
    taken[:: 1 << 12] = b"x" * len(taken[:: 1 << 12])
    assert loaded(tmp_path, 10) < 200


@pytest.mark.prove
def test_a_hundred_thousand_skus_load_in_bounded_memory(tmp_path: Path) -> None:
    assert loaded(tmp_path, 100_000) < 250


def loaded(tmp_path: Path, size: int) -> int:
    """How many megabytes a process of its own took at most to load a catalogue of that size, as it says."""
    path = catalogue(tmp_path / "goods.csv", size)
    program = f"""
import django, sys
from django.conf import settings
from minisite import settings as site
site.DATABASES["default"]["NAME"] = {str(tmp_path / "db.sqlite3")!r}
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("load_catalogue", {str(path)!r}, "--create-types")
from dailyfresh_goods.models import SKU
assert SKU.objects.count() == {size}
"""
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent,
        env={"PYTHONPATH": str(Path(__file__).parent), "DJANGO_SETTINGS_MODULE": "minisite.settings", "PATH": ""},
    )
    assert run.returncode == 0, run.stderr
    print(run.stdout)
    return int(run.stdout.split(" MB at most")[0].split()[-1])
