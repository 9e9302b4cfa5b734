"""Adding, changing, removing and selecting lines: each one change of the store, all or nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from dailyfresh_core.pricing.measures import agrees, in_json, measure_of, typed, within
from dailyfresh_core.protocols import Purchasable

from ..catalogue import allowed_of, find_products, is_limited
from ..conf import conf
from ..exceptions import CartFull, LineRefused, OffSale, OutOfStock, OverLimit, UnknownProduct, WrongQuantity
from ..selectors import Cart, present
from ..signals import cart_changed
from ..stores import store
from ..stores.base import Change, Kind, Line, Outcome, Owner, Terms, Why

REPLAY = 600
"""Seconds in which the same add, sent again, changes nothing."""
READ = Terms(read=True)


@dataclass(frozen=True, slots=True)
class Removed:
    """What was taken out, for an undo, and the cart without it."""

    lines: Mapping[str, Line]
    cart: Cart


def add_to_cart(*, owner: Owner, quantities: Mapping[str, int], once: str = "", clip: bool = False) -> Outcome:
    """Put so many pieces, or `Grams`, more of each sku_id in: one statement, one question to the store.

    All or nothing, unless `clip` adds what may be added and leaves out the rest; then a number counts as the product is sold today, in its steps.
    A line is begun with the minimum at least. Repeated with the same `once` and the same products within ten minutes it changes nothing. Raises
    UnknownProduct, OffSale, OutOfStock, OverLimit, WrongQuantity, CartFull; ValueError for fewer than one piece.
    """
    if wrong := [sku_id for sku_id, n in quantities.items() if n < 1]:
        raise ValueError(f"nothing is added by fewer than one piece of {', '.join(wrong)}")
    products = find_products(quantities.keys())
    if clip:
        quantities = {sku_id: n for sku_id, n in quantities.items() if sku_id in products}
    changes = [_wanted(Kind.ADD, sku_id, n, products, clip=clip) for sku_id, n in quantities.items()]
    # The client may send a request again whose answer was lost, and an add counts twice if it does.
    reference = f"add:{once}:{','.join(quantities)}" if once else f"add:{uuid4().hex}"
    return _changed(owner, changes, products, Terms(reference, REPLAY, clip=clip), why="add")


def set_quantity(*, owner: Owner, sku_id: str, quantity: int) -> Cart:
    """Make it just so many pieces (0 removes), whatever the line held; the cart after it.

    Raises UnknownProduct, OffSale, OutOfStock, OverLimit, WrongQuantity, CartFull.
    """
    products = find_products({sku_id, *store().quantities(owner)})
    change = _wanted(Kind.SET, sku_id, quantity, products)
    return _cart(_changed(owner, [change], products, READ, why="set"), products)


def change_lines(*, owner: Owner, quantities: Mapping[str, int], marks: Mapping[str, bool]) -> Removed:
    """What a whole page says: quantities (sku_id -> pieces, 0 removes) and ticks (sku_id -> selected) in one change.

    Lines that are no longer in the cart are left out: a page that is old brings nothing back. Raises as set_quantity.
    """
    held = store().read(owner)
    products = find_products(held.keys())
    changes = [
        _wanted(Kind.SET, sku_id, n, products)
        for sku_id, n in quantities.items()
        if sku_id in held and in_json(n) != in_json(held[sku_id].quantity)
    ]
    gone = [change.sku_id for change in changes if not change.quantity]
    changes += [Change(Kind.MARK, sku_id, selected=mark) for sku_id, mark in marks.items() if sku_id not in gone]
    outcome = _changed(owner, changes, products, READ, why="set")
    return Removed({sku_id: held[sku_id] for sku_id in gone}, _cart(outcome, products))


def remove_lines(*, owner: Owner, sku_ids: Collection[str]) -> Removed:
    """Take these lines out; ids that are not in the cart are no error."""
    held = store().read(owner)
    there = [sku_id for sku_id in sku_ids if sku_id in held]
    return _removed(owner, held, find_products(held.keys()), there, why="remove")


def clear_invalid(*, owner: Owner) -> Removed:
    """Take out every line that cannot be bought: gone, off sale or sold out."""
    held = store().read(owner)
    products = find_products(held.keys())
    dead = [line.sku_id for line in present(held, products).invalid]
    return _removed(owner, held, products, dead, why="clear")


def restore_lines(*, owner: Owner, lines: Mapping[str, Line]) -> Cart:
    """Put removed lines back as they were; a line that is there again stays as it is."""
    changes = [Change.of(Kind.PUT, sku_id, line) for sku_id, line in lines.items()]
    return _cart(_changed(owner, changes, {}, replace(READ, clip=True), why="restore"))


def select_lines(*, owner: Owner, sku_ids: Collection[str] | None, selected: bool) -> Cart:
    """Select or deselect these lines, or with None every line."""
    if sku_ids is None:
        sku_ids = store().quantities(owner)
    changes = [Change(Kind.MARK, sku_id, selected=selected) for sku_id in sku_ids]
    return _cart(_changed(owner, changes, {}, READ, why="select"))


def lifetime_of(owner: Owner) -> int:
    """Seconds after its last change until the owner's cart is forgotten; 0 for never."""
    return conf.GUEST_DAYS * 86400 if owner.is_guest else 0


def _wanted(
    kind: Kind, sku_id: str, quantity: int, products: Mapping[str, Purchasable], *, clip: bool = False
) -> Change:
    if not quantity:
        return Change(Kind.SET, sku_id, 0)
    product = products.get(sku_id)
    if product is None:
        raise UnknownProduct(sku_id)
    cap, measure = allowed_of(product), measure_of(product)
    if clip:
        quantity = typed(within(quantity, measure) or measure.minimum, measure)
    else:
        if not product.on_sale:
            raise OffSale(sku_id, name=product.name)
        if not cap:
            raise OutOfStock(sku_id, name=product.name)
        least = measure.step if kind is Kind.ADD else measure.minimum  # a line is begun with the minimum anyway
        if not agrees(quantity, measure) or quantity < least or quantity % measure.step:
            raise WrongQuantity(sku_id, name=product.name, measure=measure)
    return Change(kind, sku_id, quantity, cap, unit_price=product.unit_price, least=measure.minimum)


def _changed(
    owner: Owner,
    changes: Sequence[Change],
    products: Mapping[str, Purchasable],
    terms: Terms,
    *,
    why: str,
) -> Outcome:
    """One change of the store; a refusal becomes its exception, a success its signal."""
    outcome = store().change(owner, changes, replace(terms, most=conf.MAX_LINES, lifetime=lifetime_of(owner)))
    for sku_id, reason in outcome.refused.items():
        raise _refusal(sku_id, reason, outcome.before[sku_id], products.get(sku_id), adding=why == "add")
    if outcome.applied and changes:
        cart_changed.send_robust(None, owner=owner, sku_ids=[change.sku_id for change in changes], why=why)
    return outcome


def _refusal(sku_id: str, reason: Why, in_cart: int, product: Purchasable | None, *, adding: bool) -> LineRefused:
    name = product.name if product else ""
    if reason is Why.FULL or product is None:
        return CartFull(sku_id, name=name, in_cart=in_cart, allowed=conf.MAX_LINES)
    allowed = allowed_of(product)
    error = OverLimit if is_limited(product) else OutOfStock
    return error(sku_id, name=name, in_cart=in_cart, allowed=allowed, adding=adding)


def _removed(
    owner: Owner, held: Mapping[str, Line], products: Mapping[str, Purchasable], sku_ids: Sequence[str], *, why: str
) -> Removed:
    changes = [Change(Kind.SET, sku_id) for sku_id in sku_ids]
    outcome = _changed(owner, changes, products, READ, why=why)
    return Removed({sku_id: held[sku_id] for sku_id in sku_ids}, _cart(outcome, products))


def _cart(outcome: Outcome, products: Mapping[str, Purchasable] | None = None) -> Cart:
    lines = outcome.lines or {}
    known = products or {}
    # Another tab may have added a line since the products were looked up.
    if missing := [sku_id for sku_id in lines if sku_id not in known]:
        known = {**known, **find_products(missing)}
    return present(lines, known)
