"""What each role of the shop's staff can do, and cannot."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from store.roles import ROLES, make_roles

ORDERS, BOOKS = "/admin/dailyfresh_orders/order/", "/admin/dailyfresh_orders/booking/days/"
GOODS, REFUNDS = "/admin/dailyfresh_goods/sku/", "/admin/dailyfresh_orders/refund/"
PACKING, CALENDAR = "/orders/packing/", "/admin/dailyfresh_delivery/slot/calendar/"
PAGES = {
    "店主": {ORDERS, BOOKS, GOODS, REFUNDS, PACKING, CALENDAR},
    "商品管理": {GOODS},
    "拣货员": {ORDERS, PACKING, CALENDAR},
    "配送调度": {ORDERS, CALENDAR},
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

    pages = (ORDERS, BOOKS, GOODS, REFUNDS, PACKING, CALENDAR)
    opened = {page for page in pages if browser.get(page).status_code == 200}

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
