"""What a visitor is told before there is an order: the earliest time for their district, and what it costs there."""

import re
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from dailyfresh_core.days import said
from dailyfresh_delivery import showing
from dailyfresh_delivery.models import Zone
from dailyfresh_delivery.views import visitor_data
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models.sql.compiler import SQLCompiler
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

AREAS = "dailyfresh_delivery:areas"


@pytest.fixture
def visit():
    """A request of a visitor who chose this district; somebody signed in where `user` is given."""

    def make(code="", user=None):
        request = RequestFactory().get("/")
        request.user = user or AnonymousUser()
        request.COOKIES |= {"df-district": code} if code else {}
        return request

    return make


def words(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).strip()


def test_whoever_chose_a_district_reads_its_earliest_time_and_its_freight(visit, zone, slot, now):
    here = zone(base=10, free_from=59)
    zone("朝阳", "110105", base=20)
    slot(zone=here, starts_at=now.replace(microsecond=0), cut_off_at=now)
    there = slot(zone=here)
    with CaptureQueriesContext(connection) as seen:
        told = words(visitor_data(visit("110108"))["delivery"]["html"])
    when = said(there.starts_at, there.ends_at)
    assert told == f"海淀: earliest {when} Freight ¥10.00, free from ¥59.00 Elsewhere?"
    assert len(seen) == 2
    asked = visit("110108")
    assert showing.free_from(asked) == 59
    with CaptureQueriesContext(connection) as seen:
        showing.outlook(asked)
    assert len(seen) == 1  # one page asks whose the district is only once
    assert showing.free_from(visit("110105")) is None


def test_a_stranger_reads_what_all_zones_ask_and_nothing_where_they_differ(visit, zone):
    zone(base=10, free_from=59)
    far = zone("朝阳", "110105", base=10, free_from=59)
    assert words(visitor_data(visit())["delivery"]["html"]) == "Freight ¥10.00, free from ¥59.00 Where to?"
    assert showing.free_from(visit()) == Decimal(59)
    Zone.objects.filter(pk=far.pk).update(base=12)
    assert words(visitor_data(visit())["delivery"]["html"]) == "Where to?"
    assert showing.free_from(visit()) is None


def test_a_district_that_nobody_brings_to_is_told_so(visit, zone):
    zone()
    assert words(visitor_data(visit("310101"))["delivery"]["html"]) == "Nothing is brought to your district. Elsewhere?"


def test_who_is_signed_in_is_told_of_their_first_address_until_they_choose(visit, zone, slot, settings):
    settings.DAILYFRESH_DELIVERY = settings.DAILYFRESH_DELIVERY | {"ADDRESS_BOOK": "minisite.shop.AddressBook"}
    zone()
    zone("朝阳", "110105")
    buyer = SimpleNamespace(is_authenticated=True)
    assert showing.outlook(visit(user=buyer)).zone.name == "海淀"
    assert showing.outlook(visit("110105", user=buyer)).zone.name == "朝阳"


@pytest.mark.parametrize("code", ["nonsense", "1101081", "11010", "１１０１０８", "110108\x00", "' OR 1=1"])
def test_a_cookie_that_holds_no_district_is_none(visit, zone, code):
    zone()
    assert showing.outlook(visit(code)).code == ""


def test_the_areas_are_a_page_without_javascript_and_one_is_chosen_there(client, zone, slot, point):
    zone(base=10, free_from=59, first_grams=5000, step_grams=1000, per_step=1)
    far = zone("朝阳", "110105")
    slot(zone=far)
    page = words(client.get(reverse(AREAS)).content.decode())
    assert "Freight ¥10.00, free from ¥59.00 above 5 kg ¥1.00 for each 1 kg" in page
    assert "五道口店, 成府路 28 号" in page
    assert "you are here" not in page
    answer = client.post(reverse(AREAS), {"zone": far.pk, "next": "/goods/1/"})
    assert (answer.status_code, answer["Location"]) == (302, "/goods/1/")
    cookie = answer.cookies["df-district"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("110105", True, "Lax")
    assert "Free delivery Earliest" in (page := words(client.get(reverse(AREAS)).content.decode()))
    assert "you are here" in page


def test_the_cookie_of_a_district_goes_where_the_session_goes(client, zone, settings):
    settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_PATH = True, "/shop/"
    cookie = client.post(reverse(AREAS), {"zone": zone().pk}).cookies["df-district"]
    assert (cookie["secure"], cookie["path"]) == (True, "/shop/")


def test_nobody_is_led_away_by_choosing_an_area(client, zone):
    here = zone()
    answer = client.post(reverse(AREAS), {"zone": here.pk, "next": "https://evil.example/"})
    assert answer["Location"] == reverse(AREAS)
    for strange in ("0", "", "x", "9" * 40):
        assert client.post(reverse(AREAS), {"zone": strange}).status_code == 404


def test_the_earliest_window_is_asked_for_by_a_statement_that_is_made_once(zone, slot, now, monkeypatch):
    """To make it anew took a fifth of the time of a cart's page."""
    here, there = zone(), zone("朝阳", "110105")
    for hours in (48, 24):
        slot(zone=here, starts_at=now + timedelta(hours=hours))
    last = slot(zone=there, starts_at=now + timedelta(hours=30))
    known = [showing.earliest_of(zones) for zones in ([here], [there], [here, there])]
    monkeypatch.setattr(SQLCompiler, "as_sql", lambda *args, **more: pytest.fail("made anew"))
    with CaptureQueriesContext(connection) as asked:
        assert [showing.earliest_of(zones) for zones in ([here], [there], [here, there], [])] == [*known, {}]
    assert len(asked) == 3
    assert known[2] == known[0] | known[1]
    assert showing.earliest_of([there], at=last.cut_off_at) == {}
