"""Goods that are sold by weight, or by the piece and priced by weight: the model, the file, the catalogue and the pages."""

import io
import json
from decimal import Decimal
from typing import Any

import pytest
from conftest import Shop
from dailyfresh_core.pricing.measures import BY_THE_PIECE, Measured
from dailyfresh_goods import services
from dailyfresh_goods.catalogue import Catalogue
from dailyfresh_goods.models import SKU, Band, StalePage
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

LOOSE = {"sold_by": "weight", "priced_by": "weight", "minimum": 300, "step": 50, "stock": 5000}
CATCH = {"priced_by": "weight", "nominal_grams": 180}


def read(text: str) -> services.Report:
    return services.import_goods(rows=services.read_goods(io.BytesIO(text.encode()), "goods.csv"))


def test_a_catalogue_answers_the_measure_and_one_without_any_is_by_the_piece(
    shop: Shop, django_assert_num_queries: Any
) -> None:
    pear, lychee = shop.sku("Pear"), shop.sku("Lychee", **LOOSE)
    with django_assert_num_queries(1):
        found = Catalogue().find([str(pear.pk), str(lychee.pk)])
    assert found[str(pear.pk)].measure == BY_THE_PIECE
    assert found[str(lychee.pk)].measure == Measured("weight", "weight", 500, 0, 300, 50)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"sold_by": "weight", "priced_by": "piece"}, "priced_by"),
        ({"priced_by": "weight", "nominal_grams": 0}, "nominal_grams"),
        ({"priced_by": "weight", "nominal_grams": 9, "price_grams": 250}, "price_grams"),
        ({"minimum": 5, "step": 2}, "minimum"),
        ({"minimum": 0}, "minimum"),
    ],
)
def test_a_measure_that_cannot_be_is_said_of_its_field(shop: Shop, values: dict[str, Any], field: str) -> None:
    sku = shop.sku()
    for name, value in values.items():
        setattr(sku, name, value)
    with pytest.raises(ValidationError) as raised:
        sku.full_clean()
    assert field in raised.value.message_dict


@pytest.mark.parametrize(
    "values", [{"sold_by": "weight"}, {"priced_by": "weight"}, {"step": 0}, {"priced_by": "weight", "price_grams": 7}]
)
def test_the_database_keeps_no_measure_that_nobody_could_price(shop: Shop, values: dict[str, Any]) -> None:
    sku = shop.sku()
    with pytest.raises(IntegrityError), transaction.atomic():
        SKU.objects.filter(pk=sku.pk).update(**values)


def test_less_than_the_minimum_is_sold_out_and_low_is_a_few_times_of_it(shop: Shop, settings: Any) -> None:
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "LOW_STOCK": 10}
    sku = shop.sku("Lychee", **LOOSE | {"stock": 299})
    bands = []
    for stock in (299, 300, 3000, 3001):
        services.change_skus(sku_ids=[str(sku.pk)], stock=stock)
        sku.refresh_from_db()
        bands.append(sku.band)
    assert bands == [Band.SOLD_OUT, Band.LOW, Band.LOW, Band.IN_STOCK]
    SKU.untracked.filter(pk=sku.pk).update(minimum=5000, step=5000)
    assert services.refresh_bands() == 1
    assert services.refresh_bands() == 0
    sku.refresh_from_db()
    assert sku.band == Band.SOLD_OUT


def test_what_is_sold_by_weight_counts_by_the_portions_of_its_price(shop: Shop) -> None:
    loose, pack = shop.sku("Lychee", **LOOSE, sales=1749), shop.sku("Pear", sales=7)
    assert services.refresh_sales() == 2
    assert services.refresh_sales() == 0
    assert dict(SKU.objects.values_list("pk", "sales_rank")) == {loose.pk: 3, pack.pk: 7}


def test_sales_of_a_file_are_ranked_with_it_and_the_pages_are_not_made_twice(shop: Shop) -> None:
    shop.sku("Apple", slug="apple")
    shop.sku("Lychee", slug="lychee", **LOOSE)
    report = read("slug,type,name,price,unit,sales\napple,,,,,70\nlychee,,,,,1749\npear,fruit,Pear,1.00,box,5\n")
    assert (report.changed, report.created, report.problems) == (2, 1, [])
    assert dict(SKU.objects.values_list("slug", "sales_rank")) == {"apple": 70, "lychee": 3, "pear": 5}
    StalePage.objects.all().delete()
    assert services.refresh_sales() == 0
    assert not StalePage.objects.exists()


def test_a_file_brings_measures_and_says_what_cannot_be(shop: Shop) -> None:
    sku = shop.sku("Lychee", slug="lychee")
    assert read("货号,销售方式,计价方式,起购量,递增量\nlychee,称重,按重量,300,50\n").changed == 1
    sku.refresh_from_db()
    assert sku.measure == Measured("weight", "weight", 500, 0, 300, 50)
    report = read("slug,priced_by,minimum\nlychee,piece,\n")
    assert [str(problem) for problem in report.problems] == [
        "row 2, priced_by: What is sold by weight is priced by weight."
    ]
    assert [str(problem) for problem in read("slug,sold_by\nlychee,kilo\n").problems] == [
        "row 2, sold_by: Value 'kilo' is not a valid choice."
    ]
    (row,) = services.export_goods(skus=SKU.objects.all())
    assert (row["sold_by"], row["price_grams"], row["minimum"]) == ("weight", 500, 300)


def test_a_file_may_write_weights_with_their_units(shop: Shop) -> None:
    """As a merchant types them; "whether weighed" is answered by yes or no, and what is sold by weight is priced by it."""
    apple, melon = shop.sku("Apple", slug="apple"), shop.sku("Melon", slug="melon")
    head = "货号,库存,是否称重,计价方式,计价重量,单件重量,起购量,递增量\n"
    assert read(head + "apple,50kg,是,,1斤,,300克,0.05 kg\nmelon,30,否,按重,500g,2公斤,1,1\n").changed == 2
    for sku, stock, measure in (
        (apple, 50_000, Measured("weight", "weight", 500, 0, 300, 50)),
        (melon, 30, Measured("piece", "weight", 500, 2000, 1, 1)),
    ):
        sku.refresh_from_db()
        assert (sku.stock, sku.measure) == (stock, measure)
    report = read("货号,库存,起购量,计价重量\nmelon,30kg,1,300g\napple,5,两斤,500\n")
    assert [(problem.row, problem.column) for problem in report.problems] == [(2, "price_grams"), (3, "minimum")]
    assert [str(problem) for problem in read("货号,库存\nmelon,30kg\n").problems] == [
        "row 2, stock: It is sold by the piece: write how many."
    ]


def test_how_goods_are_kept_is_read_in_chinese_and_english(shop: Shop) -> None:
    shop.sku(slug="peas")
    assert read("货号,储存方式\npeas,冷冻\n").changed == 1
    assert SKU.objects.get(slug="peas").storage == "frozen"
    assert read("slug,storage\npeas,Chilled\n").changed == 1
    assert [problem.column for problem in read("slug,storage\npeas,hot\n").problems] == ["storage"]


@pytest.mark.parametrize(
    ("values", "total", "said"),
    [
        (LOOSE, "¥7.68", "never more than shown here"),
        (CATCH, "¥4.61", "One is about 180\xa0g."),
        ({}, "¥12.80", ""),
    ],
)
def test_the_page_says_what_the_price_is_for_and_what_the_least_costs(
    shop: Shop, client: Client, values: dict[str, Any], total: str, said: str
) -> None:
    sku = shop.sku("Lychee", price=Decimal("12.80"), **values)
    page = client.get(sku.get_absolute_url()).content.decode()
    assert page.count(f"{total}</output>") == 2
    assert said in page
    assert ('<i class="df-per">/500\xa0g</i>' in page) == bool(values)
    assert ("Total, about" in page) == bool(values)


def test_a_card_says_what_the_price_is_for_and_search_engines_what_it_measures(shop: Shop, client: Client) -> None:
    sku = shop.sku("Lychee", price=Decimal("12.80"), **LOOSE, sort_order=0)
    shop.sku("Pear")
    listed = client.get("/goods-shop/list/fruit/").content.decode()
    assert listed.count('<i class="df-per">/500\xa0g</i>') == listed.count(f'data-goods-card="{sku.pk}"') > 0
    page = client.get(sku.get_absolute_url()).content.decode()
    offers = [
        json.loads(part.split("</script>")[0])["offers"]
        for part in page.split('<script type="application/ld+json">')[1:]
        if '"offers"' in part
    ]
    assert offers[0]["priceSpecification"]["referenceQuantity"]["value"] == 500
