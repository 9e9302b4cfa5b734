"""What every cart store must do with what is sold by weight: a line never changes its meaning."""

from decimal import Decimal

from dailyfresh_core.pricing.measures import Grams, written

from ..stores.base import CartStore, Change, Kind, Owner, Terms, Why

ADD, SET, MAX, TAKE, MARK, PUT = Kind.ADD, Kind.SET, Kind.MAX, Kind.TAKE, Kind.MARK, Kind.PUT
PRICE, OTHER = Decimal("12.80"), Decimal("29.90")


def held(store: CartStore, owner: Owner) -> dict[str, str]:
    """sku_id -> quantity as it is written, read both ways that a store has."""
    read = {sku_id: written(line.quantity) for sku_id, line in store.read(owner).items()}
    assert {sku_id: written(n) for sku_id, n in store.quantities(owner).items()} == read
    return read


class WeightsContract:
    """Part of `CartStoreContract`."""

    def test_grams_come_back_as_grams_and_pieces_as_pieces(self, store: CartStore, owner: Owner) -> None:
        outcome = store.change(
            owner, [Change(ADD, "a", Grams(750), unit_price=PRICE), Change(ADD, "b", 2)], Terms(read=True)
        )
        assert held(store, owner) == {"a": "750g", "b": "2"}
        assert outcome.lines == store.read(owner)
        assert [written(n) for n in outcome.after.values()] == ["750g", "2"]
        outcome = store.change(
            owner, [Change(ADD, "a", Grams(50)), Change(TAKE, "b", 1), Change(MARK, "a", selected=False)]
        )
        assert held(store, owner) == {"a": "800g", "b": "1"}
        assert written(outcome.after["a"]) == "800g"
        assert store.change(owner, [Change(SET, "a", 0)]).count == 1

    def test_a_line_of_another_measure_begins_anew_in_its_place(self, store: CartStore, owner: Owner) -> None:
        for kind in (ADD, SET, MAX):
            store.drop(owner)
            store.change(owner, [Change(ADD, "a", 2, unit_price=OTHER), Change(ADD, "b", 1)])
            store.change(owner, [Change(MARK, "a", selected=False)])
            outcome = store.change(owner, [Change(kind, "a", Grams(300), cap=1000, unit_price=PRICE)])
            assert (outcome.count, outcome.before["a"], written(outcome.after["a"])) == (2, 0, "300g")
            line = store.read(owner)["a"]
            assert (list(store.read(owner)), line.unit_price, line.selected) == (["a", "b"], PRICE, kind is ADD)
            store.change(owner, [Change(SET, "a", 2)])
            assert held(store, owner)["a"] == "2"

    def test_a_refusal_leaves_a_line_of_another_measure_as_it_was(self, store: CartStore, owner: Owner) -> None:
        store.change(owner, [Change(ADD, "a", 2, unit_price=OTHER)])
        before = store.read(owner)
        assert store.change(owner, [Change(ADD, "a", Grams(300), cap=200)]).refused == {"a": Why.CAP}
        store.change(owner, [Change(ADD, "a", Grams(300), cap=0, selected=False)], Terms(clip=True))
        assert (held(store, owner), store.read(owner)) == ({"a": "2"}, before)

    def test_what_was_ordered_by_another_measure_is_not_taken_off(self, store: CartStore, owner: Owner) -> None:
        store.change(owner, [Change(ADD, "a", Grams(750)), Change(ADD, "b", 2)])
        store.change(owner, [Change(TAKE, "a", 2), Change(TAKE, "b", Grams(2))])
        assert held(store, owner) == {"a": "750g", "b": "2"}
        store.change(owner, [Change(TAKE, "a", Grams(700))])
        assert held(store, owner) == {"a": "50g", "b": "2"}

    def test_a_removed_weight_comes_back_as_it_was(self, store: CartStore, owner: Owner) -> None:
        store.change(owner, [Change(ADD, "a", Grams(750), unit_price=PRICE)])
        before = store.read(owner)
        store.change(owner, [Change(SET, "a")])
        store.change(owner, [Change.of(PUT, "a", before["a"])])
        assert held(store, owner) == {"a": "750g"}
        store.change(owner, [Change(PUT, "a", 3)])
        assert held(store, owner) == {"a": "750g"}

    def test_a_line_is_begun_with_the_least_and_goes_on_by_what_is_added(self, store: CartStore, owner: Owner) -> None:
        for expected in ("300g", "350g", "400g"):
            store.change(owner, [Change(ADD, "a", Grams(50), cap=400, least=300)])
            assert held(store, owner) == {"a": expected}
        assert store.change(owner, [Change(ADD, "b", Grams(50), cap=299, least=300)]).refused == {"b": Why.CAP}

    def test_a_claim_keeps_weights(self, store: CartStore, owner: Owner, guest: Owner) -> None:
        store.change(guest, [Change(ADD, "a", Grams(750))])
        claim = store.claim(guest, owner, reference="r", lifetime=60)
        assert claim is not None
        assert {sku_id: written(line.quantity) for sku_id, line in claim.lines.items()} == {"a": "750g"}
