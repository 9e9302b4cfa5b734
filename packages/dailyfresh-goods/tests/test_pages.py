"""Home, lists and details as visitors get them."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from conftest import BASE, Shop
from dailyfresh_goods.models import SKU, SPU, HomeTypeGoods
from django.core.cache import cache
from django.utils import timezone

Browse = Callable[..., Any]
Display = HomeTypeGoods.Display


def names(response: Any) -> list[str]:
    """The goods in the grid of a list."""
    grid = response.content.decode().split('id="goods"')[1].split("</section>")[0].split("df-h-new")[0]
    return re.findall(r"<h3><a[^>]*>([^<]*)</a></h3>", grid)


def structured(response: Any) -> list[Any]:
    return [json.loads(text) for text in re.findall(r'ld\+json">(.*?)</script>', response.content.decode(), re.S)]


def test_home_shows_banners_promotions_offers_and_a_floor_per_type(shop: Shop, browse: Browse) -> None:
    apple, pear, salmon = shop.sku("Apple"), shop.sku("Pear", market_price="12.00"), shop.sku("Salmon", type=shop.fish)
    shop.home(apple)
    shop.home(pear, Display.OFFER)
    shop.home(salmon, Display.TITLE)
    shop.banner("Harvest", sku=apple)
    shop.promotion("Half price", url="/half/")
    page = browse("/").content.decode()
    for expected in ("Harvest", "Half price", "/half/", 'id="fruit"', 'id="fish"', "Salmon", "-18%", "In season"):
        assert expected in page


def test_a_home_nobody_arranged_shows_the_newest_goods(shop: Shop, browse: Browse) -> None:
    shop.skus(3)
    assert "Goods 2" in browse("/").content.decode()


def test_an_empty_shop_says_so(db: None, browse: Browse) -> None:
    assert "being stocked" in browse("/").content.decode()


def test_a_banner_shows_from_its_start_to_its_end(shop: Shop, browse: Browse) -> None:
    now, hour = timezone.now(), timedelta(hours=1)
    shop.banner("Past", ends_at=now - hour)
    shop.banner("Present", starts_at=now - hour, ends_at=now + hour)
    shop.banner("Future", starts_at=now + hour)
    page = browse("/").content.decode()
    assert "Present" in page
    assert "Past" not in page
    assert "Future" not in page


def test_each_order_is_total_and_pages_neither_repeat_nor_miss(shop: Shop, browse: Browse, settings: Any) -> None:
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "PAGE_SIZE": 4}
    for n in range(22):
        shop.sku(f"G{n:02}", price=f"{n % 3}.50", sales=n % 2, sales_rank=n % 2, rating_rank=n % 5, sort_order=n % 4)
    rows = list(SKU.objects.all())
    wanted = {
        "default": sorted(rows, key=lambda s: (s.sort_order, -s.pk)),
        "sales": sorted(rows, key=lambda s: (-s.sales_rank, -s.pk)),
        "rating": sorted(rows, key=lambda s: (-s.rating_rank, -s.pk)),
        "price": sorted(rows, key=lambda s: (s.price, -s.pk)),
        "price-desc": sorted(rows, key=lambda s: (-s.price, s.pk)),
        "newest": sorted(rows, key=lambda s: -s.pk),
    }
    for sort, expected in wanted.items():
        first = "/list/fruit/" if sort == "default" else f"/list/fruit/{sort}/1/"
        seen = names(browse(first))
        seen += [name for page in range(2, 7) for name in names(browse(f"/list/fruit/{sort}/{page}/"))]
        assert seen == [sku.name for sku in expected], sort
        assert browse(f"/list/fruit/{sort}/7/").status_code == 404


def test_page_beyond_ten_follows_page_ten_without_a_gap(shop: Shop, browse: Browse, settings: Any) -> None:
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "PAGE_SIZE": 1, "MAX_PAGE": 12}
    shop.skus(14)
    pages = [names(browse(f"/list/fruit/newest/{page}/")) for page in range(1, 13)]
    assert pages == [[f"Goods {n}"] for n in range(13, 1, -1)]
    assert browse("/list/fruit/newest/13/").status_code == 404
    assert ">12</a>" in browse("/list/fruit/newest/12/").content.decode()


def test_a_list_narrows_to_stock_offers_and_prices(shop: Shop, browse: Browse) -> None:
    shop.sku("Cheap", price="2.00")
    shop.sku("Gone", price="5.00", stock=0)
    shop.sku("Offer", price="8.00", market_price="10.00")
    assert set(names(browse("/list/fruit/?in_stock=1"))) == {"Cheap", "Offer"}
    assert names(browse("/list/fruit/?offers=1")) == ["Offer"]
    assert set(names(browse("/list/fruit/?low=5&high=8"))) == {"Gone", "Offer"}
    assert "Nothing fits" in browse("/list/fruit/?low=50").content.decode()
    assert "1 item" in browse("/list/fruit/?offers=1").content.decode()


def test_filters_that_make_no_sense_are_named_and_do_not_filter(shop: Shop, browse: Browse) -> None:
    shop.sku("Apple")
    page = browse("/list/fruit/?low=cheap&high=-1")
    assert names(page) == ["Apple"]
    assert page.content.decode().count("df-error") == 2
    assert "below the lowest" in browse("/list/fruit/?low=9&high=1").content.decode()


def test_what_one_visitor_mistyped_is_told_to_that_one_alone(shop: Shop, browse: Browse) -> None:
    shop.sku("Apple")
    for bad, good in (("?low=cheap", ""), ("?low=9&high=1", "?low=9")):
        for _ in range(2):
            assert "df-error" in browse(f"/list/fruit/{bad}").content.decode()
            assert "df-error" not in browse(f"/list/fruit/{good}").content.decode()


def test_a_machine_that_narrows_lists_is_asked_to_wait_and_lists_as_they_are_stay(
    shop: Shop, browse: Browse, settings: Any
) -> None:
    settings.DAILYFRESH = {"ALLOWANCES": {"search": (2, 60)}}
    cache.clear()
    shop.sku("Plum")
    assert [browse(f"/list/fruit/?low={n}").status_code for n in ("1", "cheap", "3")] == [200, 200, 429]
    assert [browse(f"/list/fruit/{query}").status_code for query in ("", "?from=mail")] == [200, 200]


def test_filters_go_along_with_order_and_pages(shop: Shop, browse: Browse, settings: Any) -> None:
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "PAGE_SIZE": 1}
    shop.skus(3)
    page = browse("/list/fruit/?in_stock=1&junk=%22%3E").content.decode()
    assert f'href="{BASE}/list/fruit/default/2/?in_stock=1"' in page
    assert f'href="{BASE}/list/fruit/newest/1/?in_stock=1"' in page
    assert "junk" not in page


def test_the_first_page_in_default_order_has_one_address(shop: Shop, browse: Browse) -> None:
    response = browse("/list/fruit/default/1/?in_stock=1")
    assert response.status_code == 301
    assert response["Location"] == f"{BASE}/list/fruit/?in_stock=1"
    assert (
        'rel="canonical" href="https://shop.example/goods-shop/list/fruit/"' in browse("/list/fruit/").content.decode()
    )


@pytest.mark.parametrize("path", ["/goods/00{pk}/", "/list/fruit/newest/01/"])
def test_a_number_is_written_in_one_way(path: str, shop: Shop, browse: Browse) -> None:
    """The page of the first visitor is kept for the next: it must not hold an address that another made up."""
    sku = shop.sku("Apple")
    assert browse(path.format(pk=sku.pk)).status_code == 404
    assert browse(path.format(pk=sku.pk).replace("/0", "/").replace("/0", "/")).status_code == 200


@pytest.mark.parametrize("path", ["/list/nuts/", "/list/fruit/by-weight/1/", "/list/fruit/newest/0/", "/goods/99/"])
def test_what_is_not_there_is_a_404_that_leads_on(path: str, shop: Shop, browse: Browse) -> None:
    shop.sku("Apple")
    response = browse(path)
    assert response.status_code == 404
    assert "What others buy" in response.content.decode()
    assert "Apple" in response.content.decode()


def test_addresses_that_are_made_up_are_answered_with_one_page_that_is_made_once(shop: Shop, browse: Browse) -> None:
    """Each took fourteen times the processor of a page that is kept: ten addresses that asked for them kept all others waiting for 5 s."""
    gone = shop.sku("Apple", on_sale=False)
    first = browse("/goods/990001/")
    for path in ("/goods/990002/", "/list/nuts/", "/list/fruit/newest/4711/"):
        response = browse(path)
        assert (response.status_code, response.content) == (404, first.content)
        assert not response.templates, path
    assert browse(f"/goods/{gone.pk}/").content != first.content


def test_goods_off_sale_are_gone_everywhere(shop: Shop, browse: Browse) -> None:
    sku = shop.sku("Apple", on_sale=False)
    sibling = shop.sku("Crate of apples", spu=sku.spu)
    shop.home(sku)
    shop.banner("Apples!", sku=sku)
    response = browse(f"/goods/{sku.pk}/")
    assert response.status_code == 410
    assert "no longer on sale" in response.content.decode()
    assert names(browse("/list/fruit/")) == ["Crate of apples"]
    assert f"/goods/{sku.pk}/" not in browse(f"/goods/{sibling.pk}/").content.decode()
    assert f"/goods/{sku.pk}/" not in browse("/").content.decode()


def test_a_detail_shows_gallery_packs_specifications_and_structured_data(shop: Shop, browse: Browse) -> None:
    spu = SPU.objects.create(name="Apple", detail="<p>Crisp</p>", specs="Shelf life: 3 days\n储存：冷藏\nnonsense")
    sku = shop.sku("Apple", spu=spu, market_price="12.00", limit=3, origin="Shandong", description="Red & round")
    other = shop.sku("Apple", spu=spu, unit="1kg", stock=0)
    sku.images.create(image="skus/b.webp")
    response = browse(f"/goods/{sku.pk}/")
    page = response.content.decode()
    for expected in ("<p>Crisp</p>", "/media/skus/b.webp", "Shelf life", "3 days", "储存", "冷藏", "Shandong", "1kg"):
        assert expected in page
    assert f'href="{BASE}/goods/{other.pk}/" data-sold-out' in page
    assert 'data-limit="3"' in page
    assert "You save ¥2.10" in page
    product, crumbs = structured(response)
    assert product["offers"] | {"url": ""} == {
        "@type": "Offer",
        "price": "9.90",
        "priceCurrency": "CNY",
        "availability": "https://schema.org/InStock",
        "url": "",
    }
    assert product["image"] == ["https://shop.example/media/skus/a.webp", "https://shop.example/media/skus/b.webp"]
    assert [item["name"] for item in crumbs["itemListElement"]] == ["Home", "Fruit", "Apple"]


def test_structured_data_cannot_end_its_block(shop: Shop, browse: Browse) -> None:
    sku = shop.sku("</script><script>alert(1)</script>")
    response = browse(f"/goods/{sku.pk}/")
    assert b"<script>alert" not in response.content
    assert structured(response)[0]["name"].startswith("</script>")


def test_rich_text_keeps_no_script_style_or_form(shop: Shop, browse: Browse) -> None:
    dirty = '<h3 class="x">How</h3><script>a()</script><p style="color:red" onclick="b()">ok</p><form></form>'
    spu = SPU.objects.create(name="Apple", detail=dirty)
    sku = shop.sku(spu=spu)
    SPU.objects.filter(pk=spu.pk).update(detail=dirty + '<a href="javascript:c()">x</a>')
    spu.refresh_from_db()
    assert spu.detail == '<h3 class="x">How</h3><p>ok</p><a rel="noopener noreferrer">x</a>'
    assert spu.detail in browse(f"/goods/{sku.pk}/").content.decode()


def test_a_page_says_how_much_is_left_in_words_only(shop: Shop, browse: Browse) -> None:
    few, none = shop.sku("Few", stock=7), shop.sku("None", stock=0)
    page = browse(f"/goods/{few.pk}/").content.decode()
    assert "Nearly sold out" in page
    assert structured(browse(f"/goods/{few.pk}/"))[0]["offers"]["availability"].endswith("LimitedAvailability")
    sold_out = browse(f"/goods/{none.pk}/").content.decode()
    assert "Sold out" in sold_out
    assert "data-goods-quantity" not in sold_out
    lists = browse("/list/fruit/").content.decode()
    assert lists.count("df-is-out") == 2  # in the grid and among the new goods


def test_buy_now_leads_to_the_page_the_site_names(shop: Shop, browse: Browse, settings: Any) -> None:
    sku = shop.sku()
    assert "data-goods-buy-now" not in browse(f"/goods/{sku.pk}/").content.decode()
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "BUY_URL": "admin:index", "CACHE": None}
    page = browse(f"/goods/{sku.pk}/").content.decode()
    assert 'action="/admin/"' in page
    assert f'name="buy" value="{sku.pk}:1"' in page


def test_pages_speak_chinese(shop: Shop, browse: Browse) -> None:
    few = shop.sku("梨", stock=3)
    sku = shop.sku("苹果", sales=12000, sales_rank=12000, market_price="12.00", limit=2)
    shop.home(sku)
    for path in ("/", "/list/fruit/?in_stock=1", f"/goods/{sku.pk}/", f"/goods/{few.pk}/", "/goods/99/"):
        page = browse(path, accept_language="zh-hans").content.decode()
        words = re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]*>", " ", page, flags=re.S)
        english = set(re.findall(r"[A-Za-z]{3,}", words)) - {"Fruit", "Fish", "season", "About", "webp"}
        assert english <= {"Apple"}, path
    assert "1.2万" in browse("/list/fruit/", accept_language="zh-hans").content.decode()
    assert "12k sold" in browse("/list/fruit/", accept_language="en").content.decode()


def test_every_text_has_its_chinese() -> None:
    from pathlib import Path

    import dailyfresh_goods

    folder = Path(dailyfresh_goods.__file__).parent / "locale" / "zh_Hans" / "LC_MESSAGES"
    text = (folder / "django.po").read_text()
    assert "fuzzy" not in text
    assert not re.findall(r'msgstr(?:\[0\])? ""\n(?!")', text)


@pytest.mark.parametrize("path", ["/", "/list/fruit/", "/list/fruit/new/", "/goods/1/"])
def test_pages_only_read(path: str, shop: Shop, client: Any) -> None:
    assert client.post(BASE + path).status_code == 405


def test_a_list_leads_to_the_lists_of_all_types(shop: Shop, browse: Browse) -> None:
    shop.sku()
    kinds = browse("/list/fruit/").content.decode().partition('class="df-kinds"')[2].partition("</nav>")[0]
    assert f'href="{shop.fruit.get_absolute_url()}" aria-current="page"' in kinds
    assert f'href="{shop.fish.get_absolute_url()}"' in kinds


def test_a_list_is_narrowed_to_an_origin_or_a_label_with_the_number_of_each(shop: Shop, browse: Browse) -> None:
    shop.sku("Mango", origin="Hainan", label="new")
    shop.sku("Banana", origin="Hainan")
    shop.sku("Apple", origin="Shandong")
    shop.sku("Apple", origin="Shandong", on_sale=False)
    page = browse("/list/fruit/").content.decode()
    for option in (
        '<option value="Hainan">Hainan (2)',
        '<option value="Shandong">Shandong (1)',
        '<option value="new">new (1)',
    ):
        assert option in page, option
    narrowed = browse("/list/fruit/?origin=Hainan").content.decode()
    assert "Mango" in narrowed
    assert ">Apple<" not in narrowed.partition("data-goods-results")[2].partition("df-five")[0]
    assert 'value="Hainan" selected' in narrowed
    both = browse("/list/fruit/?origin=Hainan&label=new").content.decode().partition("data-goods-results")[2]
    assert ">Banana<" not in both.partition("df-five")[0]
    assert browse("/list/fruit/?origin=Nowhere").status_code == 200


def test_a_list_is_narrowed_to_how_goods_are_kept_in_the_words_of_the_reader(shop: Shop, browse: Browse) -> None:
    cold = shop.sku("Peas", storage="frozen")
    shop.sku("Mango", storage="ambient")
    assert '<option value="frozen">冷冻 (1)' in browse("/list/fruit/", accept_language="zh-hans").content.decode()
    narrowed = browse("/list/fruit/?storage=frozen").content.decode()
    goods = narrowed.partition("data-goods-results")[2].partition("df-five")[0]
    assert ">Peas<" in goods
    assert ">Mango<" not in goods
    assert "frozen" in narrowed.partition('class="df-chip"')[2].partition("</a>")[0]
    assert browse("/list/fruit/?storage=hot").status_code == 200
    assert "冷冻" in browse(f"/goods/{cold.pk}/", accept_language="zh-hans").content.decode()
