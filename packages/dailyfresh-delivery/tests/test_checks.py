"""What `manage.py check` says of this package, and what staff do in the admin."""

import pytest
from dailyfresh_delivery.checks import check_windows
from dailyfresh_delivery.models import Pattern, Slot, Zone, ZoneArea
from django.core.checks import run_checks
from django.core.management import call_command
from django.urls import reverse
from minisite.shop import buy

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("given", "id"), [({"DAYS": 0}, "E001"), ({"DAY": 3}, "W001"), ({"TASKS": None}, "W002")])
def test_a_setting_that_cannot_be_is_named(settings, given, id):
    settings.DAILYFRESH_DELIVERY = settings.DAILYFRESH_DELIVERY | given
    assert f"dailyfresh_delivery.{id}" in {message.id for message in run_checks()}


def test_the_mini_site_has_nothing_to_be_said_of():
    assert run_checks() == []


def test_a_zone_that_nobody_lives_in_and_days_without_a_window_are_named(zone, pattern):
    empty = zone(codes="")
    assert {message.id for message in check_windows(databases=["default"])} == {
        "dailyfresh_delivery.W003",
        "dailyfresh_delivery.W004",
    }
    ZoneArea.objects.create(zone=empty, code="11")
    pattern(empty)
    assert check_windows(databases=["default"]) == []


def test_staff_set_a_zone_up_by_its_codes_and_a_pattern_by_weekdays(admin_client):
    page = reverse("admin:dailyfresh_delivery_zone_add")
    given = {
        "name": "海淀",
        "codes": "110108, 110105",
        "base": "5",
        "first_grams": 0,
        "step_grams": 1000,
        "per_step": 0,
    }
    admin_client.post(page, given)
    zone = Zone.objects.get()
    assert [area.code for area in zone.areas.all()] == ["110105", "110108"]
    assert "belongs to 海淀" in admin_client.post(page, given | {"name": "二"}).content.decode()
    assert "2, 4 or 6 digits" in admin_client.post(page, given | {"codes": "110"}).content.decode()
    hours = {"zone": zone.pk, "start": "18:00", "end": "20:00", "days": [5, 6], "capacity": 3, "fee": 0}
    admin_client.post(
        reverse("admin:dailyfresh_delivery_pattern_add"), hours | {"cut_off_minutes": 60, "cut_off_days": 1}
    )
    assert Pattern.objects.get().weekdays == 0b1100000
    assert {slot.date.weekday() for slot in Slot.objects.all()} == {5, 6}


def test_staff_see_how_full_windows_are_close_them_and_hear_who_is_in_them(admin_client, slot):
    there = slot(capacity=4, capacity_grams=9000)
    buy(str(there.pk), grams=2500)
    page = reverse("admin:dailyfresh_delivery_slot_changelist")
    seen = admin_client.get(page).content.decode()
    assert "1 / 4" in seen
    assert "2.5 / 9" in seen
    chosen = {"_selected_action": [there.pk]}
    said = admin_client.post(page, chosen | {"action": "close_windows"}, follow=True).content.decode()
    assert "1 order stays in them: move it, or call." in said
    assert Slot.objects.get().closed == "staff"
    said = admin_client.post(page, chosen | {"action": "open_windows"}, follow=True).content.decode()
    assert "1 window is open." in said
    assert Slot.objects.get().closed == ""
    assert (
        "sale-" in admin_client.get(reverse("admin:dailyfresh_delivery_slot_change", args=[there.pk])).content.decode()
    )


def test_windows_are_made_by_a_command_too(zone, pattern, capsys):
    pattern(zone())
    Slot.objects.all().delete()
    call_command("make_windows")
    assert capsys.readouterr().out.strip() == "14"
