"""Staff's pages: the fortnight at a glance, closing and opening, moving everybody, and the board of a day."""

import re
from datetime import time, timedelta

import pytest
from dailyfresh_delivery.models import Holiday, Slot
from dailyfresh_delivery.services import disagreements
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from minisite.shop import buy

pytestmark = pytest.mark.django_db
CALENDAR, BOARD = "admin:dailyfresh_delivery_calendar", "admin:dailyfresh_delivery_board"


@pytest.fixture(params=[None, "minisite.shop.Orders"], ids=["alone", "with orders"])
def joined(request, settings):
    """With and without the site's orders."""
    settings.DAILYFRESH_DELIVERY = settings.DAILYFRESH_DELIVERY | {"ORDERS": request.param}
    return bool(request.param)


def words(page):
    return re.sub(r"\s+", " ", page.content.decode())


def post(client, **data):
    return client.post(reverse(CALENDAR), data, follow=True)


def moving(slot):
    return reverse("admin:dailyfresh_delivery_move", args=[slot.pk])


def test_a_fortnight_says_of_each_window_how_many_orders_and_kilograms_are_in_it(admin_client, zone, pattern, point):
    here = zone()
    pattern(here, capacity=10, capacity_grams=20_000)
    pattern(here, start=time(9), end=time(11))
    pattern(point=point, start=time(10), end=time(20), cut_off_minutes=0)
    first = Slot.objects.filter(zone=here, capacity=10).order_by("starts_at")[1]
    buy(str(first.pk), grams=1500)
    page = words(admin_client.get(reverse(CALENDAR)))
    assert reverse(BOARD) in page
    assert page.index("<h2 id=") < page.index("海淀") < page.index("五道口店")
    assert page.count('type="checkbox" name="day"') == 28
    assert '<th scope="col">09:00–11:00</th> <th scope="col">18:00–20:00</th>' in page
    assert f'<a href="{moving(first)}">1 / 10</a> <small>1.5 / 20 kg</small>' in page


def test_the_calendar_takes_as_many_statements_however_much_is_in_it(admin_client, zone, pattern, point):
    counts = []
    for name, code in (("海淀", "110108"), ("朝阳", "110105"), ("丰台", "110106")):
        pattern(zone(name, code))
        Holiday.objects.create(date=timezone.localdate() + timedelta(days=3))
        with CaptureQueriesContext(connection) as seen:
            admin_client.get(reverse(CALENDAR))
        counts.append(len(seen))
    assert counts[0] == counts[1] == counts[2]


def test_windows_and_whole_days_are_closed_and_opened_and_those_who_are_in_them_named(admin_client, zone, pattern):
    here = zone()
    pattern(here)
    pattern(here, start=time(9), end=time(11))
    slots = list(Slot.objects.filter(date=timezone.localdate() + timedelta(days=2)).order_by("starts_at"))
    buy(str(slots[0].pk))
    page = words(post(admin_client, do="close", day=f"zone{here.pk}:{slots[0].date}"))
    assert "2 windows are closed." in page
    assert f'1 order stays in them: move it, or call. <a href="{moving(slots[0])}">' in page
    assert set(Slot.objects.filter(date=slots[0].date).values_list("closed", flat=True)) == {"staff"}
    assert "1 window is open." in words(post(admin_client, do="open", slot=[slots[1].pk]))
    assert list(Slot.objects.exclude(closed="")) == [slots[0]]
    assert "Please choose windows, or whole days." in words(post(admin_client, do="close"))
    assert "Select a valid choice" in words(post(admin_client, do="close", slot="999999"))


def test_days_are_made_holidays_of_their_zone_once(admin_client, zone, pattern):
    here, there = zone(), zone("朝阳", "110105")
    pattern(here)
    pattern(there)
    day = timezone.localdate() + timedelta(days=2)
    for _twice in range(2):
        post(admin_client, do="holiday", day=f"zone{here.pk}:{day}")
    assert Holiday.objects.get() == Holiday.objects.get(date=day, zone=here)
    twice = Holiday.objects.create(date=day, zone=here)
    post(admin_client, do="holiday", day=f"zone{here.pk}:{day}")
    twice.delete()
    assert [slot.zone for slot in Slot.objects.exclude(closed="")] == [here]
    assert reverse("admin:dailyfresh_delivery_holiday_change", args=[Holiday.objects.get().pk]) in words(
        admin_client.get(reverse(CALENDAR))
    )


def test_all_orders_of_a_window_move_as_many_as_fit_and_those_that_stay_are_named(admin_client, joined, slot, now):
    full, other = slot(), slot(starts_at=now + timedelta(days=2), capacity=9, capacity_grams=3000)
    sales = [buy(str(full.pk), grams=grams) for grams in (1000, 2500, 2000)]
    page = words(admin_client.get(moving(full)))
    assert f"{sales[0]}" in page
    assert ("林晓禾" in page) == joined
    page = words(admin_client.post(moving(full), {"to": other.pk}, follow=True))
    assert "2 orders come then." in page
    assert f"{sales[1]}"[1:] + f": {'It stays.' if joined else 'There is no place for it.'}" in page
    assert list(Slot.objects.order_by("pk").values_list("taken", "taken_grams")) == [(1, 2500), (2, 3000)]
    assert disagreements() == []


def test_nobody_is_moved_into_a_closed_window_or_another_zone(admin_client, slot, zone, now):
    full, shut = slot(), slot(starts_at=now + timedelta(days=2), closed="staff")
    far = slot(zone=zone("朝阳", "110105"), starts_at=now + timedelta(days=3))
    buy(str(full.pk))
    for other in (shut, far, full):
        assert "Select a valid choice" in words(admin_client.post(moving(full), {"to": other.pk}))
    assert Slot.objects.get(pk=full.pk).taken == 1


def test_the_board_says_what_is_brought_where_how_heavy_and_what_to_collect(admin_client, joined, slot, now):
    noon = now.replace(hour=4) + timedelta(days=1)  # the same day wherever the shop is between here and China
    early, late = slot(starts_at=noon), slot(starts_at=noon + timedelta(hours=1))
    for there, grams in ((late, 500), (early, 1500), (early, 700)):
        buy(str(there.pk), grams=grams)
    page = words(admin_client.get(reverse(BOARD), {"day": early.date}))
    assert page.count("<section") == 2
    assert "2.2 kg" in page
    for beside in (-1, 1):
        assert f'?day={early.date + timedelta(days=beside)}"' in page
    assert ('data-of="to collect"' in page) == joined
    assert ("¥25.00" in page) == ("tel:13800138000" in page) == ("leave it at the door" in page) == joined
    assert "Nothing is brought on this day." in words(admin_client.get(reverse(BOARD), {"day": "2026-01-01"}))


def test_a_calendar_without_windows_leads_to_the_patterns(admin_client):
    assert reverse("admin:dailyfresh_delivery_pattern_add") in words(admin_client.get(reverse(CALENDAR)))


def test_what_makes_no_sense_in_the_address_is_today(admin_client):
    for day in ("", "tomorrow", "0001-01-01", "9999-12-31", "2026-13-40", "\x00"):
        for name in (CALENDAR, BOARD):
            assert admin_client.get(reverse(name), {"day": day}).status_code == 200


def test_each_page_and_each_button_needs_its_permission(client, django_user_model, slot, zone):
    there = slot()
    staff = django_user_model.objects.create_user("packer", is_staff=True)

    def allow(*names):
        staff.user_permissions.set(Permission.objects.filter(codename__in=names))
        client.force_login(django_user_model.objects.get(pk=staff.pk))

    pages = [reverse(CALENDAR), reverse(BOARD), moving(there)]
    allow()
    assert [client.get(page).status_code for page in pages] == [403, 403, 403]
    allow("view_slot", "view_reservation")
    assert [client.get(page).status_code for page in pages] == [200, 200, 403]
    assert 'name="do"' not in words(client.get(pages[0]))
    assert client.post(pages[0], {"do": "close", "slot": there.pk}).status_code == 403
    allow("view_slot", "change_slot", "change_reservation")
    assert client.get(pages[2]).status_code == 200
    assert client.post(pages[0], {"do": "close", "slot": there.pk}).status_code == 302
    assert client.post(pages[0], {"do": "holiday", "slot": there.pk}).status_code == 403
