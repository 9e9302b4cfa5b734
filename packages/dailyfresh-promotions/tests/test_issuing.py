"""Coupons come to users, and no more of them than there are."""

from datetime import timedelta

import pytest
from dailyfresh_promotions import services
from dailyfresh_promotions.exceptions import NotIssued
from dailyfresh_promotions.models import BatchCount, Coupon, Issue
from dailyfresh_promotions.services import issuing
from django.contrib.auth.models import User
from django.db import IntegrityError


def refused(**asked):
    with pytest.raises(NotIssued) as error:
        (services.issue_by_code if "code" in asked else services.issue)(**asked)
    return error.value.code


def test_a_batch_gives_each_user_as_many_as_it_says_and_no_more_than_there_are(batch, buyer, other, now):
    few = batch(total=3, per_user=2)
    for _n in range(2):
        services.issue(user=buyer, batch_id=few.pk, at=now)
    assert refused(user=buyer, batch_id=few.pk, at=now) == "had"
    services.issue(user=other, batch_id=few.pk, at=now)
    assert refused(user=other, batch_id=few.pk, at=now) == "gone"
    assert (BatchCount.objects.get().issued, Coupon.objects.count()) == (3, 3)


def test_a_code_is_read_whatever_its_case_and_spaces(batch, buyer, now):
    batch(code=" Spring 2026 ", shown=False)
    assert services.issue_by_code(user=buyer, code="sPRING2026", at=now).user == buyer


def test_a_wrong_code_and_one_that_is_over_or_used_up_are_the_same(batch, buyer, other, now):
    batch(code="over", ends=now)
    batch(code="ended", active=False)
    batch(code="spent", total=1)
    batch()
    services.issue_by_code(user=other, code="spent", at=now)
    codes = ("over", "ended", "spent", "wrong", "", "  ")
    assert {refused(user=buyer, code=code, at=now) for code in codes} == {"unknown"}
    assert refused(user=other, code="spent", at=now) == "had"


def test_the_centre_gives_nothing_that_it_does_not_show(batch, buyer, now):
    assert refused(user=buyer, batch_id=batch(shown=False).pk, at=now) == "unknown"


def test_a_coupon_is_good_for_days_from_when_it_is_had_but_not_longer_than_its_batch(batch, buyer, other, now):
    made = batch(days=7, ends=now + timedelta(days=10))
    assert services.issue(user=buyer, batch_id=made.pk, at=now).ends == now + timedelta(days=7)
    later = now + timedelta(days=5)
    assert services.issue(user=other, batch_id=made.pk, at=later).ends == now + timedelta(days=10)


def test_ending_a_batch_makes_void_what_is_free_and_leaves_orders_theirs(batch, buyer, other, now):
    made = batch()
    free, held = (services.issue(user=user, batch_id=made.pk, at=now) for user in (buyer, other))
    Coupon.objects.filter(pk=held.pk).update(state="held")
    assert services.void(made) == 1
    free.refresh_from_db()
    held.refresh_from_db()
    assert (free.state, held.state) == ("void", "held")
    assert refused(user=buyer, batch_id=made.pk, at=now) == "unknown"


@pytest.fixture
def many(db):
    User.objects.bulk_create(User(username=f"user{n}") for n in range(25))


def test_a_batch_is_handed_out_to_all_in_portions_and_to_nobody_twice(
    batch, many, buyer, now, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(issuing, "PORTION", 10)
    made = batch(shown=False)
    User.objects.create(username="gone", is_active=False)
    for _twice in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            Issue.objects.create(batch=made)
    assert list(Issue.objects.order_by("pk").values_list("issued", flat=True)) == [26, 0]
    assert Coupon.objects.count() == Coupon.objects.values("user").distinct().count() == 26


def test_handing_out_goes_on_where_a_run_was_killed(batch, many, monkeypatch):
    monkeypatch.setattr(issuing, "PORTION", 10)
    Issue.objects.create(batch=batch())
    turns = iter([True, False])
    services.hand_out(keep_on=lambda: next(turns))
    assert Coupon.objects.count() == 10
    services.hand_out()
    assert Coupon.objects.count() == 25


def test_handing_out_stops_when_there_are_no_more(batch, many):
    Issue.objects.create(batch=batch(total=7))
    services.hand_out()
    assert (Coupon.objects.count(), Issue.objects.get().issued, BatchCount.objects.get().issued) == (7, 7, 7)
    assert Issue.objects.get().done_at


def test_a_batch_is_handed_out_to_those_who_are_named(batch, many):
    Issue.objects.create(batch=batch(), usernames="user3\n user4 \nnobody\n")
    services.hand_out()
    assert set(Coupon.objects.values_list("user__username", flat=True)) == {"user3", "user4"}


def test_handing_out_goes_on_when_somebody_claims_theirs_at_that_moment(batch, many, monkeypatch):
    made, given = batch(), []

    def create(coupons, **_):
        """The first of them was claimed between our look and our insert."""
        if not given:
            given.append(coupons[0].user)
            raise IntegrityError
        return bulk_create(coupons)

    bulk_create = Coupon.objects.bulk_create
    monkeypatch.setattr(Coupon.objects, "bulk_create", create)
    Issue.objects.create(batch=made)
    services.hand_out()
    assert (Coupon.objects.count(), Issue.objects.get().issued, BatchCount.objects.get().issued) == (25, 25, 25)


def test_an_erased_account_leaves_void_coupons_and_counted_uses(batch, buyer, now):
    services.issue(user=buyer, batch_id=batch().pk, at=now)
    services.forget(buyer)
    assert list(Coupon.objects.values_list("state", "user")) == [("void", None)]
