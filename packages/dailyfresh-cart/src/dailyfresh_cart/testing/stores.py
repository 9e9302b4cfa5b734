"""What every cart store must do."""

import time
from collections.abc import Callable
from decimal import Decimal
from uuid import uuid4

import pytest

from ..stores.base import CartStore, Change, Kind, Line, Owner, Terms, Why
from .weights import WeightsContract

ADD, SET, MAX, TAKE, MARK, PUT = Kind.ADD, Kind.SET, Kind.MAX, Kind.TAKE, Kind.MARK, Kind.PUT
PRICE = Decimal("29.90")


class CartStoreContract(WeightsContract):
    """Give the fixture `store`; `owner_named` as well where an owner needs more than a key."""

    @pytest.fixture
    def store(self) -> CartStore:
        raise NotImplementedError

    @pytest.fixture
    def owner_named(self) -> Callable[[str], Owner]:
        return Owner

    @pytest.fixture
    def owner(self, owner_named: Callable[[str], Owner]) -> Owner:
        return owner_named(f"u:{uuid4().hex}")

    @pytest.fixture
    def guest(self, owner_named: Callable[[str], Owner]) -> Owner:
        return owner_named(f"g:{uuid4().hex}")

    def test_an_owner_without_a_cart_has_an_empty_one(self, store: CartStore, owner: Owner) -> None:
        assert store.read(owner) == {}
        assert store.quantities(owner) == {}
        assert store.count(owner) == 0
        assert store.drop(owner) is False

    def test_lines_come_back_as_they_were_put_in_oldest_first(self, store: CartStore, owner: Owner) -> None:
        changes = [Change(ADD, sku_id, n, unit_price=PRICE) for sku_id, n in (("b", 2), ("a", 1), ("c:!~", 3))]
        store.change(owner, changes)
        store.change(owner, [Change(ADD, "a", 4, unit_price=Decimal("30.00"))])
        lines = store.read(owner)
        assert list(lines) == ["b", "a", "c:!~"]
        assert [line.quantity for line in lines.values()] == [2, 5, 3]
        assert [line.unit_price for line in lines.values()] == [PRICE, Decimal("30.00"), PRICE]
        assert all(line.selected for line in lines.values())
        assert store.quantities(owner) == {"a": 5, "b": 2, "c:!~": 3}
        assert store.count(owner) == 3

    def test_an_outcome_tells_before_after_and_count(self, store: CartStore, owner: Owner) -> None:
        store.change(owner, [Change(ADD, "a", 2)])
        outcome = store.change(owner, [Change(ADD, "a", 1), Change(ADD, "b", 4)], Terms(read=True))
        assert (outcome.applied, outcome.count) == (True, 2)
        assert outcome.before == {"a": 2, "b": 0}
        assert outcome.after == {"a": 3, "b": 4}
        assert outcome.lines == store.read(owner)

    def test_one_line_over_its_cap_refuses_the_whole_change(self, store: CartStore, owner: Owner) -> None:
        store.change(owner, [Change(ADD, "a", 2, cap=3)])
        before = store.read(owner)
        for kind, quantity in ((ADD, 2), (SET, 4), (MAX, 4)):
            outcome = store.change(owner, [Change(ADD, "b", 1), Change(kind, "a", quantity, cap=3)])
            assert not outcome.applied
            assert outcome.refused == {"a": Why.CAP}
            assert outcome.before == outcome.after == {"b": 0, "a": 2}
        assert store.read(owner) == before

    def test_a_line_over_its_cap_may_shrink_and_not_grow(self, store: CartStore, owner: Owner) -> None:
        store.change(owner, [Change(ADD, "a", 9)])
        assert store.change(owner, [Change(SET, "a", 8, cap=5)]).after == {"a": 8}
        assert store.change(owner, [Change(SET, "a", 7, cap=5)], Terms(clip=True)).after == {"a": 7}
        for kind, quantity in ((ADD, 1), (SET, 8), (MAX, 8)):
            assert store.change(owner, [Change(kind, "a", quantity, cap=5)]).refused == {"a": Why.CAP}

    def test_clipping_takes_what_fits_and_never_less_than_there_was(self, store: CartStore, owner: Owner) -> None:
        store.change(owner, [Change(ADD, "a", 2), Change(ADD, "b", 9)])
        changes = [Change(ADD, "a", 5, cap=4), Change(ADD, "b", 1, cap=3), Change(MAX, "c", 7, cap=2)]
        outcome = store.change(owner, [*changes, Change(ADD, "d", 1, cap=0)], Terms(clip=True))
        assert outcome.applied
        assert outcome.after == {"a": 4, "b": 9, "c": 2, "d": 0}
        assert store.quantities(owner) == {"a": 4, "b": 9, "c": 2}

    def test_no_more_lines_than_the_most(self, store: CartStore, owner: Owner) -> None:
        store.change(owner, [Change(ADD, "a", 1), Change(ADD, "b", 1)], Terms(most=2))
        outcome = store.change(owner, [Change(ADD, "a", 1), Change(ADD, "c", 1)], Terms(most=2))
        assert outcome.refused == {"c": Why.FULL}
        assert store.quantities(owner) == {"a": 1, "b": 1}
        outcome = store.change(
            owner, [Change(SET, "a", 0), Change(ADD, "c", 1), Change(ADD, "d", 1)], Terms(most=2, clip=True)
        )
        assert store.quantities(owner) == {"b": 1, "c": 1}
        assert outcome.count == 2

    def test_setting_keeps_place_and_price_and_zero_removes(self, store: CartStore, owner: Owner) -> None:
        store.change(owner, [Change(ADD, "a", 1, unit_price=PRICE), Change(ADD, "b", 1)])
        store.change(owner, [Change(SET, "a", 7, unit_price=Decimal("1.00"))])
        assert list(store.read(owner)) == ["a", "b"]
        assert store.read(owner)["a"].unit_price == PRICE
        outcome = store.change(owner, [Change(SET, "a", 0), Change(SET, "none", 0)])
        assert outcome.count == 1
        assert store.quantities(owner) == {"b": 1}

    def test_taking_leaves_what_is_more_and_removes_what_is_not(self, store: CartStore, owner: Owner) -> None:
        store.change(owner, [Change(ADD, "a", 5), Change(ADD, "b", 1)])
        store.change(owner, [Change(TAKE, "a", 2, cap=0), Change(TAKE, "b", 3), Change(TAKE, "none", 1)])
        assert store.quantities(owner) == {"a": 3}

    def test_marks_stay_until_the_product_is_added_again(self, store: CartStore, owner: Owner) -> None:
        store.change(owner, [Change(ADD, "a", 1), Change(ADD, "b", 1)])
        store.change(owner, [Change(MARK, "a", selected=False), Change(MARK, "none", selected=True)])
        assert [line.selected for line in store.read(owner).values()] == [False, True]
        store.change(owner, [Change(SET, "a", 3)])
        assert store.read(owner)["a"] == Line(3, False, None, store.read(owner)["a"].position)
        store.change(owner, [Change(ADD, "a", 1)])
        assert store.read(owner)["a"].selected is True

    def test_a_removed_line_goes_back_to_its_place(self, store: CartStore, owner: Owner) -> None:
        store.change(owner, [Change(ADD, "a", 2, unit_price=PRICE, selected=False), Change(ADD, "b", 1)])
        before = store.read(owner)
        store.change(owner, [Change(SET, "a", 0)])
        for _twice in range(2):
            store.change(owner, [Change.of(PUT, "a", before["a"])])
            assert store.read(owner) == before
        store.change(owner, [Change(SET, "a", 9), Change.of(PUT, "a", before["a"], cap=1)])
        assert store.quantities(owner)["a"] == 9

    def test_a_reference_counts_once(self, store: CartStore, owner: Owner) -> None:
        changes = [Change(ADD, "a", 2)]
        assert store.change(owner, changes, Terms(reference="order 1", remember=60)).applied
        again = store.change(owner, changes, Terms(reference="order 1", remember=60))
        assert not again.applied
        assert not again.refused
        assert again.after == {"a": 2}
        assert store.change(owner, changes, Terms(reference="order 2", remember=60)).applied
        assert store.quantities(owner) == {"a": 4}
        store.change(owner, [Change(SET, "a", 0)])
        assert not store.change(owner, changes, Terms(reference="order 2", remember=60)).applied

    def test_a_refused_change_leaves_its_reference_free(self, store: CartStore, owner: Owner) -> None:
        assert not store.change(owner, [Change(ADD, "a", 2, cap=1)], Terms(reference="r", remember=60)).applied
        assert store.change(owner, [Change(ADD, "a", 2, cap=2)], Terms(reference="r", remember=60)).applied

    def test_a_reference_is_forgotten_in_its_time(self, store: CartStore, owner: Owner) -> None:
        store.change(owner, [Change(ADD, "a", 1)], Terms(reference="r", remember=0))
        store.change(owner, [Change(ADD, "b", 1)], Terms(reference="s", remember=60))
        assert store.change(owner, [Change(ADD, "a", 1)], Terms(reference="r", remember=60)).applied
        assert not store.change(owner, [Change(ADD, "b", 1)], Terms(reference="s", remember=60)).applied

    def test_clearing_puts_the_new_lines_in_the_place_of_the_old(self, store: CartStore, owner: Owner) -> None:
        store.change(owner, [Change(ADD, "a", 5), Change(ADD, "b", 1)])
        outcome = store.change(owner, [Change(ADD, "b", 2, cap=2)], Terms(clear=True, most=1))
        assert outcome.before == {"b": 1}
        assert store.quantities(owner) == {"b": 2}

    def test_owners_do_not_see_each_other(
        self, store: CartStore, owner: Owner, owner_named: Callable[[str], Owner]
    ) -> None:
        other = owner_named(f"u:{uuid4().hex}")
        store.change(owner, [Change(ADD, "a", 1)], Terms(reference="r", remember=60))
        store.change(other, [Change(ADD, "a", 3)], Terms(reference="r", remember=60))
        assert store.quantities(owner) == {"a": 1}
        assert store.drop(other) is True
        assert store.quantities(other) == {}
        assert store.quantities(owner) == {"a": 1}

    def test_a_claim_takes_the_lines_aside_for_one_account(
        self, store: CartStore, owner: Owner, guest: Owner, owner_named: Callable[[str], Owner]
    ) -> None:
        assert store.claim(guest, owner, reference="none", lifetime=60) is None
        store.change(guest, [Change(ADD, "a", 2, unit_price=PRICE)])
        lines = store.read(guest)
        claim = store.claim(guest, owner, reference="first", lifetime=60)
        assert claim is not None
        assert claim.lines == lines
        assert store.read(guest) == {}
        again = store.claim(guest, owner, reference="second", lifetime=60)
        assert again == claim
        assert store.claim(guest, owner_named("u:other"), reference="third", lifetime=60) is None
        store.change(guest, [Change(ADD, "b", 1)])
        assert store.release(guest, owner) is True
        strange = owner_named("u:a b}{'")
        assert store.claim(guest, strange, reference="strange", lifetime=60) is not None
        assert store.claim(guest, strange, reference="again", lifetime=60) is not None
        store.release(guest, strange)
        store.change(guest, [Change(ADD, "b", 1)])
        assert list(store.read(guest)) == ["b"]

    def test_a_claim_that_was_never_released_is_in_no_other_accounts_way(
        self, store: CartStore, owner: Owner, guest: Owner, owner_named: Callable[[str], Owner]
    ) -> None:
        other = owner_named("u:other")
        store.change(guest, [Change(ADD, "a", 2)])
        first = store.claim(guest, owner, reference="first", lifetime=60)
        store.change(guest, [Change(ADD, "b", 1)])
        second = store.claim(guest, other, reference="second", lifetime=60)
        assert second is not None
        assert (second.reference, list(second.lines)) == ("second", ["b"])
        assert store.release(guest, other) is False
        assert store.claim(guest, owner, reference="third", lifetime=60) == first

    def test_what_was_set_aside_goes_with_the_guests_cart_and_in_its_time(
        self, store: CartStore, owner: Owner, guest: Owner, owner_named: Callable[[str], Owner]
    ) -> None:
        soon, later = owner_named("u:soon"), owner_named("u:later")
        for account, lifetime in ((owner, 0), (soon, 1), (later, 60)):
            store.change(guest, [Change(ADD, "a", 1)])
            assert store.claim(guest, account, reference="first", lifetime=lifetime) is not None
        time.sleep(1.1)
        assert store.claim(guest, soon, reference="late", lifetime=60) is None
        assert store.claim(guest, owner, reference="again", lifetime=60) is not None
        assert store.claim(guest, later, reference="again", lifetime=60) is not None
        store.change(guest, [Change(ADD, "b", 1)])
        assert store.drop(guest) is True
        for account in (owner, later):
            assert store.claim(guest, account, reference="gone", lifetime=60) is None

    def test_a_survey_sees_every_cart(self, store: CartStore, owner: Owner, guest: Owner) -> None:
        if store.in_session:
            pytest.skip("sessions cannot be surveyed")
        store.change(owner, [Change(ADD, "a", 2), Change(ADD, "b", 3)], Terms(reference="r", remember=60))
        store.change(guest, [Change(ADD, "a", 1)])
        found = {held.owner: held for held in store.survey()}
        assert (found[owner].lines, found[owner].pieces, found[owner].owner.is_guest) == (2, 5, False)
        assert found[guest].owner.is_guest
        assert abs(found[guest].changed - time.time()) < 10

    def test_a_cart_that_was_changed_since_is_not_dropped(self, store: CartStore, guest: Owner) -> None:
        if store.in_session:
            pytest.skip("a session ends by itself")
        store.change(guest, [Change(ADD, "a", 1)], Terms(reference="r", remember=60))
        assert store.drop(guest, unless_changed_since=int(time.time()) - 60) is False
        assert store.count(guest) == 1
        assert store.drop(guest, unless_changed_since=int(time.time()) + 60) is True
        assert store.count(guest) == 0
        assert store.change(guest, [Change(ADD, "a", 1)], Terms(reference="r", remember=60)).applied
