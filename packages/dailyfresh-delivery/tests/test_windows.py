"""Which windows an address has, what they cost, and who has the last place."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from dailyfresh_delivery.fees import Tariff, fee
from dailyfresh_delivery.models import Holiday, Pattern, Reservation, Slot, Zone
from dailyfresh_delivery.services import audit, close, disagreements, make_windows, move, reopen
from dailyfresh_delivery.windows import codes_of
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from minisite.models import Sale
from minisite.shop import Taken, buy, cancel, delivery, windows
from minisite.shop import move as moved

pytestmark = pytest.mark.django_db


# -- what it costs --


@pytest.mark.parametrize(
    ("grams", "costs"), [(5000, "8.00"), (5001, "9.00"), (7200, "11.00")], ids=["case 68", "case 69", "case 70"]
)
def test_the_base_the_window_and_each_step_of_weight_that_was_begun(grams, costs):
    tariff = Tariff(Decimal("5.00"), 5000, 1000, Decimal("1.00"))
    assert fee(tariff, surcharge=Decimal("3.00"), goods=Decimal("10.00"), grams=grams) == Decimal(costs)


def test_from_a_sum_on_the_base_is_free_and_weight_and_window_are_not():
    tariff = Tariff(Decimal("5.00"), 5000, 1000, Decimal("1.00"), free_from=Decimal("59.00"))
    for goods, costs in (("58.99", "9.00"), ("59.00", "4.00")):
        assert fee(tariff, surcharge=Decimal("3.00"), goods=Decimal(goods), grams=5001) == Decimal(costs)


def test_a_window_costs_what_its_zone_and_its_own_fee_say(zone, slot):
    zone(base=5, first_grams=1000, per_step=1)
    slot(fee=3)
    (window,) = windows("110108", grams=2500)
    assert delivery.fee(window, goods=Decimal("20.00")) == Decimal("10.00")


# -- whose it is --


def test_the_longest_code_decides_whose_a_district_is(zone, slot):
    """Worked case 78."""
    for name, codes in (("n", "44"), ("s", "4403"), ("d", "440305 440304")):
        slot(zone=zone(name, codes))
    name_of = {str(each.pk): each.zone.name for each in Slot.objects.select_related("zone")}
    for code, name in (("440305", "d"), ("440306", "s"), ("440100", "n"), ("440000", "n")):
        assert [name_of[each.id] for each in windows(code)] == [name]
    assert windows("110108") == windows("") == windows("4") == []


def test_a_code_names_all_that_is_above_it():
    assert list(codes_of("440305")) == ["44", "4403", "440305"]
    assert list(codes_of("440000")) == ["44"]
    assert list(codes_of("")) == []


def test_a_pickup_point_is_for_everybody_and_costs_its_own_fee(slot, point):
    """Race 43: a district that no zone knows can fetch it."""
    slot()
    slot(point=point)
    (window,) = windows("990000")
    assert (window.place, delivery.fee(window, goods=Decimal(1))) == ("五道口店, 成府路 28 号", Decimal("0.00"))
    assert len(windows("110108")) == 2


def test_fourteen_days_of_four_windows_are_one_statement(zone, pattern):
    here = zone()
    for hour in (8, 11, 14, 18):
        pattern(here, start=time(hour), end=time(hour + 2))
    with CaptureQueriesContext(connection) as asked:
        found = windows("110108")
    assert len(asked) == 1
    assert 13 * 4 <= len(found) <= 14 * 4


# -- made ahead --


def test_windows_are_made_for_fourteen_days_once_and_never_for_holidays(zone, pattern):
    here, today = zone(), timezone.localdate()
    Holiday.objects.create(date=today + timedelta(days=3), name="元旦")
    Holiday.objects.create(date=today + timedelta(days=4), zone=here)
    pattern(here, capacity=7, fee=3, capacity_grams=9000)
    assert make_windows() == 0
    days = set(Slot.objects.values_list("date", flat=True))
    assert days == {today + timedelta(days=n) for n in range(14) if n not in (3, 4)}
    one = Slot.objects.first()
    assert (one.capacity, one.fee, one.capacity_grams) == (7, Decimal("3.00"), 9000)
    assert timezone.localtime(one.starts_at).hour == 18
    assert one.starts_at - one.cut_off_at == timedelta(hours=2)


def test_orders_may_be_taken_until_a_time_on_a_day_before(zone, pattern):
    pattern(zone(), cut_off_time=time(20), cut_off_days=1)
    one = Slot.objects.first()
    closes = timezone.localtime(one.cut_off_at)
    assert (closes.date(), closes.time()) == (one.date - timedelta(days=1), time(20))


def test_a_pattern_that_changes_leaves_windows_alone_that_somebody_is_in(zone, pattern):
    made = pattern(zone(), capacity=5)
    later = Slot.objects.order_by("-date").first()
    buy(str(later.pk))
    made.capacity, made.start = 9, time(17)
    made.save()
    kept = Slot.objects.get(pk=later.pk)
    assert (kept.capacity, timezone.localtime(kept.starts_at).hour) == (5, 18)
    assert Slot.objects.filter(date=later.date).count() == 1
    others = Slot.objects.exclude(date=later.date)
    assert {(each.capacity, timezone.localtime(each.starts_at).hour) for each in others} == {(9, 17)}
    made.delete()
    assert list(Slot.objects.all()) == [kept]


def test_a_cut_off_stays_as_it_was_agreed_when_the_shop_moves(zone, pattern, settings):
    """Race 44."""
    pattern(zone())
    before = set(Slot.objects.values_list("pk", "cut_off_at"))
    settings.TIME_ZONE = "America/Lima"
    make_windows()
    assert before <= set(Slot.objects.values_list("pk", "cut_off_at"))


def test_a_holiday_closes_its_day_at_once_and_opens_it_when_it_is_none(zone, slot):
    """Race 12."""
    there = slot()
    holiday = Holiday.objects.create(date=there.date)
    (seen,) = windows("110108")
    assert (seen.open, seen.why) == (False, "Nothing comes then.")
    with pytest.raises(Taken):
        buy(str(there.pk))
    assert not Sale.objects.exists()
    holiday.delete()
    assert buy(str(there.pk))


def test_a_holiday_that_is_none_any_more_leaves_closed_what_staff_closed(zone, slot):
    there = slot()
    close(Slot.objects.filter(pk=there.pk))
    Holiday.objects.create(date=there.date).delete()
    assert not windows("110108")[0].open
    reopen(Slot.objects.all())
    assert windows("110108")[0].open


def test_a_day_that_is_a_holiday_twice_is_open_when_it_is_none_at_all(slot):
    there = slot()
    everywhere, here = Holiday.objects.create(date=there.date), Holiday.objects.create(date=there.date, zone=there.zone)
    everywhere.delete()
    assert not windows("110108")[0].open
    here.date += timedelta(days=1)
    here.save()
    assert windows("110108")[0].open


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"start": time(19), "end": time(21)}, "overlaps"),
        ({"start": time(9), "end": time(9)}, "ends before it begins"),
        ({"start": time(9), "end": time(11), "cut_off_time": time(10), "cut_off_days": 0}, "after it has begun"),
        ({"start": time(9), "end": time(11), "zone": None}, "for a zone or for a pickup point"),
    ],
)
def test_a_pattern_that_cannot_be_is_refused_in_words(zone, pattern, more, said):
    here = zone()
    pattern(here)
    with pytest.raises(ValidationError, match=said) as refused:
        Pattern(**{"zone": here} | more).full_clean()
    assert "Constraint" not in str(refused.value)
    Pattern(zone=here, start=time(19), end=time(21), weekdays=0).clean()


# -- places --


def at(clock, day=30):
    return datetime(2026, 11, day, clock.hour, clock.minute, tzinfo=timezone.get_current_timezone()).astimezone(UTC)


@pytest.mark.parametrize(
    ("capacity", "clock", "left", "taken"),
    [(20, time(19, 59), 1, True), (20, time(20), 1, False), (15, time(19, 59), 0, False)],
    ids=["case 71", "case 72", "case 73"],
)
def test_the_row_decides_by_capacity_and_to_the_second_by_its_cut_off(slot, capacity, clock, left, taken):
    there = slot(
        starts_at=at(time(9), day=30) + timedelta(days=1), cut_off_at=at(time(20)), capacity=capacity, taken=19
    )
    (window,) = windows("110108", at=at(clock))
    assert (window.left, window.open) == (left, taken)
    if taken:
        buy(str(there.pk), at=at(clock))
    else:
        with pytest.raises(Taken):
            buy(str(there.pk), at=at(clock))
    assert Slot.objects.get().taken == 19 + taken


def test_what_is_left_of_a_window_is_said_under_its_lock_and_of_none_nothing(slot):
    there = slot(capacity=3, taken=1)
    with CaptureQueriesContext(connection) as asked, transaction.atomic():
        assert delivery.lock(str(there.pk)) == 2
    assert connection.features.has_select_for_update is any("FOR " in each["sql"] for each in asked)
    with transaction.atomic():
        assert [delivery.lock(strange) for strange in ("0", "", "no", str(there.pk + 1))] == [None] * 4


def test_weight_is_limited_beside_orders(slot):
    there = slot(capacity_grams=2500)
    buy(str(there.pk), grams=2000)
    assert windows("110108", grams=500)[0].open
    (heavy,) = windows("110108", grams=501)
    assert heavy.why == "No room for so much weight."
    with pytest.raises(Taken):
        buy(str(there.pk), grams=501)
    assert Slot.objects.get().taken_grams == 2000


def test_one_order_takes_a_part_of_what_a_window_brings_and_no_more(slot, settings):
    settings.DAILYFRESH_DELIVERY = {"TASKS": "inline"}
    there = slot(capacity_grams=400_000)
    with pytest.raises(Taken):
        buy(str(there.pk), grams=100_001)
    assert windows("110108", grams=100_001)[0].why == "Too heavy for one order."
    assert windows("110108", grams=100_000)[0].open
    buy(str(there.pk), grams=100_000)
    settings.DAILYFRESH_DELIVERY = {"TASKS": "inline", "ORDER_SHARE": None}
    buy(str(there.pk), grams=300_000)
    assert Slot.objects.get().taken_grams == 400_000


def test_the_page_says_why_a_window_is_closed(slot, now):
    slot(capacity=0)
    assert windows("110108")[0].why == "Full."
    Slot.objects.update(capacity=1, cut_off_at=now - timedelta(days=2))
    assert windows("110108")[0].why == "Closed."


def test_taking_is_two_statements_and_the_same_order_takes_one_place(slot):
    there, other = slot(), slot(starts_at=timezone.now() + timedelta(days=2))
    with CaptureQueriesContext(connection) as asked:
        assert delivery.take(str(there.pk), reference="one", grams=1, at=timezone.now())
    assert len(asked) == 2
    assert delivery.take(str(there.pk), reference="one", grams=1, at=timezone.now())
    assert not delivery.take(str(other.pk), reference="one", grams=1, at=timezone.now())
    assert Slot.objects.get(pk=there.pk).taken == 1


def test_a_reference_that_is_too_long_is_refused_and_not_shortened(slot):
    with pytest.raises(ValidationError):
        delivery.take(str(slot().pk), reference="1" * 65, grams=1, at=timezone.now())
    assert not Reservation.objects.exists()


def test_windows_are_asked_for_by_a_statement_that_is_made_once(slot, monkeypatch):
    """To make it anew took a fifth of the time that placing an order takes."""
    there, address = slot(), SimpleNamespace(district_code="110108")
    several = windows("110108")
    alone = delivery.choice(str(there.pk), address=address, grams=1000, at=timezone.now())
    monkeypatch.setattr(SQLCompiler, "as_sql", lambda *args, **more: pytest.fail("made anew"))
    assert windows("110108") == several == [alone]
    assert delivery.choice(str(there.pk), address=address, grams=1000, at=timezone.now()) == alone
    for nowhere in ("", "00", "99", "990000"):
        assert windows(nowhere) == []


def test_one_window_alone_is_as_among_all_and_none_where_it_is_none_of_them(slot, zone, now):
    address, at = SimpleNamespace(district_code="110108"), timezone.now()
    wide, near = zone("wide", "11"), zone("near", "110108")
    there, full = slot(zone=wide), slot(zone=wide, starts_at=now + timedelta(days=2), capacity=0)

    def among_all():
        return {each.id: each for each in delivery.choices(address=address, grams=1, at=at)}

    def alone(window):
        return delivery.choice(str(window), address=address, grams=1, at=at)

    assert {*among_all()} == {str(there.pk), str(full.pk)}
    assert [alone(each) for each in (there.pk, full.pk, 0, "x")] == [*among_all().values(), None, None]
    nearer = slot(zone=near)  # where nothing comes from, its district is the wider zone's
    assert [*among_all()] == [str(nearer.pk)]
    assert [alone(each) for each in (nearer.pk, there.pk)] == [*among_all().values(), None]
    with CaptureQueriesContext(connection) as asked:
        alone(nearer.pk)
    assert len(asked) == 1


def test_an_order_moves_with_its_weight_and_goes_back_once(slot):
    first, second = slot(capacity=1), slot(starts_at=timezone.now() + timedelta(days=2), capacity=1)
    sale, other = buy(str(first.pk)), buy(str(second.pk))
    assert not moved(sale, str(second.pk))
    cancel(other)
    cancel(other)
    assert moved(sale, str(second.pk))
    assert moved(sale, str(second.pk))
    assert list(Slot.objects.values_list("taken", "taken_grams")) == [(0, 0), (1, 1000)]
    cancel(sale)
    assert list(Slot.objects.values_list("taken", "taken_grams")) == [(0, 0), (0, 0)]
    assert not moved(sale, str(first.pk))


def test_nothing_moves_into_a_window_that_staff_close(slot):
    """Race 41."""
    first, second = slot(), slot(starts_at=timezone.now() + timedelta(days=2))
    sale = buy(str(first.pk))
    close(Slot.objects.filter(pk=second.pk))
    assert not moved(sale, str(second.pk))
    assert Slot.objects.get(pk=first.pk).taken == 1
    assert disagreements() == []


def test_counters_that_are_not_what_reservations_come_to_are_named(slot):
    there = slot()
    buy(str(there.pk))
    assert disagreements() == []
    Slot.objects.update(taken=2)
    assert disagreements() == [there]


def test_what_was_rolled_back_holds_nothing(slot):
    """Race 13."""
    there = slot(capacity=1)
    buy(str(there.pk))
    with pytest.raises(Taken):
        buy(str(there.pk))
    assert (Sale.objects.count(), Reservation.objects.count()) == (1, 1)


def test_zones_and_days_are_read_as_they_are(zone, point):
    assert str(zone()) == "海淀"
    assert str(Holiday(date=date(2027, 1, 1), name="元旦")) == "2027-01-01 元旦"
    assert Zone._meta.verbose_name == "zone"
    assert move("nothing", 1, at=timezone.now()) is False


def test_the_audit_tells_of_counters_that_no_reservation_bears_out(slot, caplog):
    there = slot()
    assert audit() == 0
    buy(str(there.pk), grams=700)
    assert audit() == 0
    Slot.objects.update(taken_grams=701)
    assert audit() == 1
    assert "counts 1 orders and 701 g" in caplog.text
