"""What each role of the shop's staff can do, and cannot."""

import re
from typing import Any

import pytest
from dailyfresh_goods.models import SKU
from dailyfresh_orders.models import Message, Order
from dailyfresh_orders.services.messages.writing import path_of
from dailyfresh_orders.staff import staff_for
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from store.roles import ROLES, make_roles

ORDERS, BOOKS = "/admin/dailyfresh_orders/order/", "/admin/dailyfresh_orders/booking/days/"
GOODS, REFUNDS = "/admin/dailyfresh_goods/sku/", "/admin/dailyfresh_orders/refund/"
PACKING, CALENDAR = "/orders/packing/", "/admin/dailyfresh_delivery/slot/calendar/"
WORDS, OFFERS, ZONES = (
    "/admin/dailyfresh_search/synonym/",
    "/admin/dailyfresh_promotions/rule/",
    "/admin/dailyfresh_delivery/zone/",
)
PAGES = {
    "店主": {ORDERS, BOOKS, GOODS, REFUNDS, WORDS, OFFERS, ZONES, PACKING, CALENDAR},
    "商品管理": {GOODS, WORDS},
    "拣货员": {ORDERS, PACKING, CALENDAR},
    "配送调度": {ORDERS, CALENDAR, ZONES},
    "客服": {ORDERS, REFUNDS},
    "财务": {ORDERS, BOOKS, REFUNDS},
}


@pytest.mark.django_db
@pytest.mark.parametrize("role", PAGES)
def test_a_role_opens_the_pages_of_its_work_and_no_others(role: str) -> None:
    make_roles()
    clerk: Any = get_user_model().objects.create_user("clerk", password="x", is_staff=True)
    clerk.groups.add(Group.objects.get(name=role))
    browser = Client()
    browser.force_login(clerk)

    opened = {page for page in PAGES["店主"] if browser.get(page).status_code == 200}

    assert opened == PAGES[role]
    assert browser.get("/admin/").status_code == 200


@pytest.mark.django_db
def test_every_right_of_a_role_exists_and_making_them_again_takes_nothing_away(capsys: Any) -> None:
    call_command("make_roles")
    rights = {group.name: set(group.permissions.values_list("codename", flat=True)) for group in Group.objects.all()}
    for role, name in zip(ROLES.values(), PAGES, strict=True):
        named = {codename for codenames in role.values() for codename in codenames if codename != "*"}
        assert named <= rights[name]
    Group.objects.get(name="拣货员").permissions.add(*Group.objects.get(name="财务").permissions.all())
    call_command("make_roles")
    assert Group.objects.get(name="拣货员").permissions.filter(codename="view_booking").exists()
    assert Group.objects.count() == 6


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "may"), [("店主", True), ("拣货员", True), ("客服", True), ("财务", True), ("商品管理", False)]
)
def test_whoever_works_with_orders_leaves_notes_and_nobody_else(role: str, may: bool, buyer: Any) -> None:
    order = Order.objects.create(
        number="1", token="1", user=buyer, state="to_ship", payment_method="cod", placed_at=timezone.now(),
        goods_total=1, freight=0, total=1,
    )  # fmt: skip
    make_roles()
    clerk: Any = get_user_model().objects.create_user("clerk", password="x", is_staff=True)
    clerk.groups.add(Group.objects.get(name=role))
    browser = Client()
    browser.force_login(clerk)

    answer = browser.post(f"/admin/dailyfresh_orders/order/{order.pk}/note/", {"text": "两次没人接"})

    assert answer.status_code == (302 if may else 403)
    assert order.staff_notes.exists() is may


@pytest.mark.django_db
@pytest.mark.parametrize("role", PAGES)
def test_a_role_lands_on_what_it_may_do_and_every_link_of_it_opens(role: str) -> None:
    SKU.objects.filter(pk=SKU.objects.filter(on_sale=True).earliest("pk").pk).update(stock=0, band=0)
    make_roles()
    clerk: Any = get_user_model().objects.create_user("clerk", password="x", is_staff=True)
    clerk.groups.add(Group.objects.get(name=role))
    browser = Client()
    browser.force_login(clerk)

    page = browser.get("/admin/").content.decode()

    links = {link for link in re.findall(r'href="(/admin/[^"]*)"', page) if "logout" not in link}
    refused = {link for link in links if browser.get(link.replace("&amp;", "&")).status_code not in (200, 302)}
    assert not refused
    assert ("运转不正常" in page) == (role == "店主")  # no worker gives a sign of life here
    assert "已售罄" in page


@pytest.mark.django_db
def test_goods_are_taken_away_as_a_workbook(admin_client: Client, strawberry: SKU) -> None:
    form = {"action": "export_xlsx", "_selected_action": strawberry.pk}
    assert admin_client.post(GOODS, form).content.startswith(b"PK")


@pytest.mark.django_db
def test_each_role_is_told_of_what_it_does_something_about_and_goods_that_end_lead_to_their_list() -> None:
    make_roles()
    for role in PAGES:
        clerk: Any = get_user_model().objects.create_user(role, password="x", is_staff=True)
        clerk.groups.add(Group.objects.get(name=role))

    told = {event: {user.username for user in staff_for(event)} & PAGES.keys() for event in Message.STAFF}

    assert told == {
        Message.Event.NEW_ORDER: {"店主", "拣货员", "配送调度"},
        Message.Event.REFUND_ASKED: {"店主", "客服", "财务"},
        Message.Event.LOW_STOCK: {"店主", "商品管理"},
        Message.Event.DISPUTE: {"店主", "财务"},
    }
    assert path_of(Message(event=Message.Event.LOW_STOCK)) == GOODS
