"""The three stores, each through the one contract suite, and the two tellings of the rules against each other."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from dailyfresh_cart.stores.base import CartStore, Change, Kind, Line, Owner, Terms
from dailyfresh_cart.stores.database import DatabaseStore
from dailyfresh_cart.stores.document import apply_changes
from dailyfresh_cart.stores.redis import RedisStore
from dailyfresh_cart.stores.session import SessionStore
from dailyfresh_cart.testing import CartStoreContract
from dailyfresh_core.pricing.measures import Grams, written
from django.contrib.sessions.backends.db import SessionStore as Session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


class TestRedisStore(CartStoreContract):
    @pytest.fixture
    def store(self, in_redis: CartStore) -> CartStore:
        return in_redis


class TestRedisStoreThatDecodes(CartStoreContract):
    """A client that a site made itself may answer in str instead of bytes."""

    @pytest.fixture
    def store(self, in_redis: RedisStore) -> CartStore:
        separator = "&" if "?" in in_redis.url else "?"
        return RedisStore(url=f"{in_redis.url}{separator}decode_responses=true", prefix=in_redis.prefix)


@pytest.mark.django_db
class TestDatabaseStore(CartStoreContract):
    @pytest.fixture
    def store(self) -> CartStore:
        return DatabaseStore()


@pytest.mark.django_db
class TestSessionStore(CartStoreContract):
    @pytest.fixture
    def store(self) -> CartStore:
        return SessionStore()

    @pytest.fixture
    def owner_named(self) -> Callable[[str], Owner]:
        sessions: dict[str, Any] = {}
        return lambda key: Owner(key, sessions.setdefault(key, Session()))


def test_a_survey_of_the_database_reads_so_many_carts_at_a_time(
    db: None, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr("dailyfresh_cart.stores.database.BATCH", 2)
    store, owners = DatabaseStore(), [Owner(f"g:{n}") for n in range(5)]
    for owner in owners:
        store.change(owner, [Change(Kind.ADD, "a", 1)])
    with django_assert_num_queries(3):
        assert [held.owner for held in store.survey()] == owners


def test_a_session_that_is_saved_and_read_again_holds_the_cart(db: None) -> None:
    session, store = Session(), SessionStore()
    store.change(Owner("g:session", session), [Change(Kind.ADD, "a", 2, unit_price=Decimal("1.50"))])
    session.save()
    again = Session(session.session_key)
    assert store.read(Owner("g:session", again))["a"].unit_price == Decimal("1.50")


SKUS = st.sampled_from(["a", "b", "c", "d"])
CHANGES = st.lists(
    st.builds(
        Change,
        kind=st.sampled_from(Kind),
        sku_id=SKUS,
        quantity=st.integers(0, 6) | st.integers(1, 6).map(Grams),
        cap=st.none() | st.integers(0, 8),
        selected=st.booleans(),
        unit_price=st.none() | st.decimals(0, 100, places=2),
        position=st.just(0),
        least=st.integers(0, 4),
    ),
    min_size=1,
    max_size=4,
)
CALLS = st.lists(
    st.tuples(CHANGES, st.booleans(), st.booleans(), st.sampled_from([0, 2, 3]), st.sampled_from(["", "r", "s"])),
    max_size=8,
)


def told(lines: dict[str, Line]) -> list[tuple[Any, ...]]:
    return [(sku_id, written(line.quantity), line.selected, line.unit_price) for sku_id, line in lines.items()]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=CALLS)
def test_lua_and_python_tell_the_same_rules(in_redis: CartStore, calls: list[Any]) -> None:
    owner, seen, expected = Owner(f"u:{uuid4().hex}"), set(), {}
    clock = itertools.count(1)
    for changes, clip, clear, most, reference in calls:
        changes = [
            replace(
                Change.of(c.kind, c.sku_id, Line(c.quantity, c.selected, c.unit_price, next(clock)), c.cap),
                least=c.least,
            )
            for c in changes
        ]
        outcome = in_redis.change(
            owner, changes, Terms(clip=clip, clear=clear, most=most, reference=reference, remember=60, read=True)
        )
        if reference and reference in seen:
            assert not outcome.applied
            assert not outcome.refused
        else:
            after, refused = apply_changes(expected, changes, Terms(clip=clip, clear=clear, most=most))
            assert dict(outcome.refused) == refused
            assert outcome.applied is not bool(refused)
            if not refused:
                seen.add(reference)
                expected = dict(sorted(after.items(), key=lambda item: (item[1].position, item[0])))
        assert told(outcome.lines) == told(expected)
        assert in_redis.read(owner) == expected
        assert outcome.count == len(expected)
        if outcome.applied:
            assert {s: written(outcome.after[s]) for s in outcome.after if outcome.after[s]} == {
                s: written(expected[s].quantity) for s in outcome.after if s in expected
            }
