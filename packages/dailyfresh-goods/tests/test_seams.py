"""What a site adds: ratings, a sitemap, its own frame and actions."""

import re
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import BASE, Shop
from dailyfresh_goods import conf, services
from dailyfresh_goods.models import SKU
from django.contrib.staticfiles import finders
from django.db.models.signals import post_init
from django.test import Client


@dataclass
class Stars:
    average: Decimal
    count: int


RATED: dict[str, Stars] = {}


class Ratings:
    def find(self, sku_ids: Any) -> dict[str, Stars]:
        return {sku_id: RATED[sku_id] for sku_id in sku_ids if sku_id in RATED}


def test_stars_stand_on_cards_details_and_in_structured_data(
    shop: Shop, browse: Any, settings: Any, committing: Any
) -> None:
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "RATINGS": f"{__name__}.Ratings"}
    with committing():
        sku = shop.sku()
    assert 'class="df-st"' not in browse("/list/fruit/").content.decode()
    RATED[str(sku.pk)] = Stars(Decimal("4.75"), 12)
    with committing():
        services.mark_stale(sku_ids=[str(sku.pk)])  # as when a review is published
    assert "4.8" in browse("/list/fruit/").content.decode()
    page = browse(f"/goods/{sku.pk}/").content.decode()
    assert "12 reviews" in page
    assert '"reviewCount": 12' in page
    RATED.clear()


def test_the_best_rated_lead_a_list_that_is_sorted_by_stars_and_one_enthusiast_does_not(
    shop: Shop, browse: Any, settings: Any
) -> None:
    loved, new, poor, unrated = (shop.sku(name) for name in ("Loved", "New", "Poor", "Unrated"))
    assert "/list/fruit/rating/" not in browse("/list/fruit/").content.decode()
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "RATINGS": f"{__name__}.Ratings"}
    given = {loved: ("4.8", 40), new: ("5", 1), poor: ("2", 9)}
    RATED.update({str(sku.pk): Stars(Decimal(mean), n) for sku, (mean, n) in given.items()})
    assert services.refresh_ratings() == 3
    assert services.refresh_ratings() == 0
    services.mark_stale(sku_ids=[str(unrated.pk)])
    page = browse("/list/fruit/rating/1/").content.decode().partition("data-goods-results")[2].partition("df-five")[0]
    assert re.findall(r">(Loved|New|Poor|Unrated)<", page) == ["Loved", "New", "Poor", "Unrated"]
    assert "/list/fruit/rating/" in browse("/list/fruit/price/1/").content.decode()
    RATED.clear()


def test_the_sitemap_names_home_types_and_goods_on_sale(shop: Shop, client: Client) -> None:
    sku, off = shop.sku(), shop.sku(on_sale=False)
    index = client.get("/sitemap.xml").content.decode()
    assert "goods" in index
    text = "".join(client.get(f"/sitemap-{part}.xml").content.decode() for part in ("home", "types", "goods"))
    for path in ("/", "/list/fruit/", f"/goods/{sku.pk}/"):
        assert f"<loc>http://testserver{BASE}{path}</loc>" in text
    assert f"/goods/{off.pk}/" not in text


def test_the_index_of_the_sitemap_reads_no_goods(shop: Shop, client: Client) -> None:
    skus, read = shop.many(3), []
    SKU.untracked.filter(pk=skus[1].pk).update(updated_at=datetime(2031, 5, 6))
    SKU.untracked.filter(pk=skus[2].pk).update(updated_at=datetime(2032, 1, 1), on_sale=False)
    listen = lambda **_: read.append(1)  # noqa: E731
    post_init.connect(listen, sender=SKU)
    try:
        index = client.get("/sitemap.xml").content.decode()
    finally:
        post_init.disconnect(listen, sender=SKU)
    assert "<lastmod>2031-05-06" in index
    assert not read


def test_a_site_puts_its_frame_and_actions_around(shop: Shop, browse: Any, settings: Any, tmp_path: Path) -> None:
    folder = tmp_path / "dailyfresh_goods"
    folder.mkdir()
    (folder / "base.html").write_text("<main>My frame{% block content %}{% endblock %}</main>")
    (folder / "_card_action.html").write_text('<a href="/add/{{ card.sku_id }}/">Add</a>')
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [tmp_path]
    settings.TEMPLATES = templates
    sku = shop.sku()
    page = browse("/list/fruit/").content.decode()
    assert page.startswith("<main>My frame")
    assert f'href="/add/{sku.pk}/"' in page


@pytest.mark.parametrize("path", ["/", "/list/fruit/", "/goods/{pk}/", "/goods/99/"])
def test_no_page_needs_an_inline_script_or_style(path: str, shop: Shop, browse: Any) -> None:
    sku = shop.sku()
    shop.banner()
    page = browse(path.format(pk=sku.pk)).content.decode()
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", page)
    for attributes in re.findall(r"<script([^>]*)>", page):
        assert "src=" in attributes or "application/ld+json" in attributes
    assert "<form" not in page or 'method="post"' not in page


def test_a_site_without_a_style_of_its_own_gets_a_plain_one_below_the_catalogues(shop: Shop, browse: Any) -> None:
    sheets = re.findall(r'rel="stylesheet" href="/static/(\w+/\w+)\.css"', browse("/").text)
    assert sheets == ["dailyfresh_core/alone", "dailyfresh_goods/goods"]
    assert all(finders.find(f"{sheet}.css") for sheet in sheets)


def test_no_default_names_another_package() -> None:
    text = Path(conf.__file__).read_text()
    assert not re.search(r"dailyfresh_(users|cart|orders)|django_fdfs", text)


def test_nothing_is_sold_at_a_price_below_zero(shop: Shop) -> None:
    from django.db import IntegrityError, transaction

    sku = shop.sku()
    with pytest.raises(IntegrityError), transaction.atomic():
        SKU.untracked.filter(pk=sku.pk).update(price=-1)
