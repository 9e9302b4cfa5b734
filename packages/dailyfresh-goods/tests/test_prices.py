"""Prices of many goods at once: shown first, then changed now, later or for a while."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from conftest import Shop
from dailyfresh_goods import services
from dailyfresh_goods.models import SKU, GoodsChange, PricePlan, StalePage
from dailyfresh_goods.services import Repricing, Span
from dailyfresh_goods.tasks import turn_prices
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from test_admin import HERE, Form

PRICES = f"{HERE}/sku/prices/"


def price_of(sku: SKU) -> Decimal:
    return SKU.objects.values_list("price", flat=True).get(pk=sku.pk)


def change(*skus: SKU, way: str = "percent", value: str = "-10", when: Span | None = None, **more: Any) -> Any:
    seen = {sku.pk: price_of(sku) for sku in skus}
    repricing = Repricing(way, Decimal(value))
    return services.change_prices(seen=seen, repricing=repricing, when=when or Span(), by="boss", **more)


def later(**hours: float) -> Any:
    return timezone.now() + timedelta(**hours)


def move_to_now(**columns: float) -> None:
    """Let plans begin or end as many hours earlier."""
    PricePlan.objects.update(**{name: F(name) - timedelta(hours=hours) for name, hours in columns.items()})
    turn_prices()


@pytest.mark.parametrize(
    ("way", "value", "ending", "becomes"),
    [
        ("percent", "-10", "", "17.91"),
        ("percent", "-10", "0.1", "17.90"),
        ("percent", "5", "1", "21.00"),
        ("percent", "-10", ".9", "17.90"),
        ("percent", "-4.9", ".9", "18.90"),
        ("amount", "-2", "", "17.90"),
        ("amount", "0.09", ".99", "19.99"),
        ("fixed", "12.5", "", "12.50"),
    ],
)
def test_a_price_becomes_another_by_per_cent_by_an_amount_or_as_it_is_said(
    way: str, value: str, ending: str, becomes: str
) -> None:
    assert Repricing(way, Decimal(value), ending).of(Decimal("19.90")) == Decimal(becomes)


def test_staff_see_what_becomes_of_the_prices_before_they_hold(shop: Shop, admin_client: Client) -> None:
    apple, pear, plum = shop.sku("Apple"), shop.sku("Pear", price="0.05"), shop.sku("Plum")
    chosen = {"action": "change_prices", "_selected_action": [apple.pk, pear.pk]}
    form = Form(admin_client.post(f"{HERE}/sku/", chosen)).data | {"way": "amount", "value": "-1.00", "why": "autumn"}
    page = admin_client.post(PRICES, form)
    words = page.content.decode()
    assert "8.90" in words
    assert "nothing would be left of the price" in words
    assert "Plum" not in words
    assert price_of(apple) == Decimal("9.90")

    said = admin_client.post(PRICES, Form(page).data | {"apply": "1"}, follow=True).content.decode()

    assert "1 price is changed." in said
    assert (price_of(apple), price_of(pear), price_of(plum)) == (Decimal("8.90"), Decimal("0.05"), Decimal("9.90"))
    assert list(GoodsChange.objects.values_list("column", "was", "became", "by", "why")) == [
        ("price", "9.90", "8.90", "admin", "autumn")
    ]
    assert StalePage.objects.filter(key=f"detail:{apple.pk}").exists()


def test_whose_price_changed_after_the_preview_is_left_out_and_named(shop: Shop, admin_client: Client) -> None:
    apple, pear = shop.sku("Apple"), shop.sku("Pear")
    form = {"pks": f"{apple.pk},{pear.pk}", "way": "percent", "value": "-10"}
    page = admin_client.post(PRICES, form)
    services.change_skus(sku_ids=[str(apple.pk)], price=Decimal("7.00"))
    said = admin_client.post(PRICES, Form(page).data | {"apply": "1"}, follow=True).content.decode()
    assert "Apple 500g: the price changed meanwhile" in said
    assert (price_of(apple), price_of(pear)) == (Decimal("7.00"), Decimal("8.91"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": "NaN"},
        {"value": "1e99"},
        {"way": "by magic"},
        {"ending": ".5"},
        {"pks": "1;2"},
        {"pks": "9" * 40},
        {"ends": "2020-01-01T00:00"},
        {"starts": "yesterday"},
        {"apply": "1", "seen": "e30:forged"},
    ],
)
def test_nonsense_changes_nothing_and_is_named(shop: Shop, admin_client: Client, wrong: dict[str, str]) -> None:
    apple = shop.sku("Apple")
    answer = admin_client.post(PRICES, {"pks": str(apple.pk), "way": "percent", "value": "-10"} | wrong)
    assert answer.status_code == 400
    assert price_of(apple) == Decimal("9.90")


def test_it_takes_the_right_to_change_goods(shop: Shop, client: Client) -> None:
    apple = shop.sku("Apple")
    looker = User.objects.create_user("looker", password="x", is_staff=True)
    looker.user_permissions.add(*Permission.objects.filter(codename__in=("view_sku", "view_priceplan")))
    client.force_login(looker)
    assert client.post(PRICES, {"pks": str(apple.pk), "way": "percent", "value": "-10"}).status_code == 403
    change(apple, when=Span(later(hours=1)))
    call = {"action": "call_off", "_selected_action": [PricePlan.objects.get().pk]}
    assert client.post(f"{HERE}/priceplan/", call).status_code == 403
    assert PricePlan.objects.get().state == "planned"


def test_a_planned_price_holds_from_its_moment_on(shop: Shop) -> None:
    apple = shop.sku("Apple")
    assert change(apple, when=Span(later(hours=2)), why="winter")[0] == 1
    turn_prices()
    assert price_of(apple) == Decimal("9.90")
    move_to_now(starts=3)
    assert price_of(apple) == Decimal("8.91")
    assert PricePlan.objects.get().state == "over"
    assert GoodsChange.objects.get().why == "winter"
    turn_prices()
    assert GoodsChange.objects.count() == 1


def test_a_sale_for_a_while_strikes_out_the_former_price_and_gives_it_back(shop: Shop) -> None:
    apple = shop.sku("Apple", market_price=Decimal("12.00"))
    change(apple, when=Span(None, later(hours=2)), strike=True)
    apple.refresh_from_db()
    assert (apple.price, apple.market_price) == (Decimal("8.91"), Decimal("9.90"))
    move_to_now(starts=3, ends=3)
    apple.refresh_from_db()
    assert (apple.price, apple.market_price) == (Decimal("9.90"), Decimal("12.00"))


def test_a_price_that_somebody_set_during_the_sale_stays_when_it_ends(shop: Shop) -> None:
    apple = shop.sku("Apple")
    change(apple, when=Span(None, later(hours=2)))
    services.change_skus(sku_ids=[str(apple.pk)], price=Decimal("5.00"))
    move_to_now(starts=3, ends=3)
    assert price_of(apple) == Decimal("5.00")
    assert PricePlan.objects.get().state == "over"


def test_a_sale_that_nobody_turned_on_in_time_never_begins(shop: Shop) -> None:
    apple = shop.sku("Apple")
    change(apple, when=Span(later(hours=1), later(hours=2)))
    move_to_now(starts=5, ends=5)
    assert price_of(apple) == Decimal("9.90")
    assert GoodsChange.objects.count() == 0


def test_two_prices_for_one_time_are_refused(shop: Shop) -> None:
    apple, pear = shop.sku("Apple"), shop.sku("Pear")
    change(apple, when=Span(later(hours=2), later(hours=4)))
    for when in (Span(later(hours=1), later(hours=3)), Span(later(hours=3)), Span(None, later(hours=9))):
        number, left_out = change(apple, pear, when=when, value="-20")
        assert number == 1
        assert [row.sku.name for row in left_out] == ["Apple"]
        PricePlan.objects.filter(sku=pear).delete()
        services.change_skus(sku_ids=[str(pear.pk)], price=Decimal("9.90"))
    assert change(apple, when=Span(later(hours=4), later(hours=5)))[0] == 1


def test_plans_are_called_off_and_sales_ended_at_once(shop: Shop, admin_client: Client) -> None:
    apple, pear = shop.sku("Apple"), shop.sku("Pear")
    change(apple, when=Span(later(hours=2)))
    change(pear, when=Span(None, later(hours=2)))
    assert price_of(pear) == Decimal("8.91")
    call = {"action": "call_off", "_selected_action": list(PricePlan.objects.values_list("pk", flat=True))}
    assert (
        "2 planned prices are called off."
        in admin_client.post(f"{HERE}/priceplan/", call, follow=True).content.decode()
    )
    assert price_of(pear) == Decimal("9.90")
    move_to_now(starts=9)
    assert price_of(apple) == Decimal("9.90")


def test_many_prices_take_as_many_statements_as_few(shop: Shop) -> None:
    counts = []
    for skus in (shop.many(2), shop.many(100)):
        with CaptureQueriesContext(connection) as seen:
            assert change(*SKU.objects.filter(pk__gte=SKU.objects.order_by("-pk")[len(skus) - 1].pk))[0] == len(skus)
        counts.append(len(seen) - len(skus))
    assert counts[0] == counts[1]


def test_the_preview_takes_two_statements(shop: Shop, django_assert_num_queries: Any) -> None:
    skus = shop.many(200)
    with django_assert_num_queries(2):
        rows = services.preview_prices(
            pks=[sku.pk for sku in skus], repricing=Repricing("percent", Decimal(5)), when=Span()
        )
    assert sum(row.moves for row in rows) == 200
