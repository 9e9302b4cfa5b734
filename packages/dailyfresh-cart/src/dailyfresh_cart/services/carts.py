"""What happens to a whole cart: merged at sign-in, settled, forgotten, expired."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import uuid4

from ..catalogue import allowed_of, find_products
from ..conf import conf
from ..selectors import recounted
from ..signals import cart_merged, cart_settled
from ..stores import store
from ..stores.base import Change, Claim, Kind, Owner, Terms, account_owner
from .lines import lifetime_of

REMEMBER = 90 * 86400
"""Seconds in which the same merge or settlement changes nothing: longer than any retry."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What a guest's cart brought: sku_id -> quantity of the lines now, and the names of what came in part or not."""

    lines: Mapping[str, int] = field(default_factory=dict)
    limited: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    def __add__(self, later: "Merged") -> "Merged":
        return Merged({**self.lines, **later.lines}, self.limited + later.limited, self.left_out + later.left_out)


@dataclass(frozen=True, slots=True)
class Expired:
    """How many guests' carts were seen, and how many dropped."""

    seen: int
    dropped: int


def merge(*, guest: Owner, user: Owner) -> Merged:
    """Bring a guest's lines into a user's cart, once however often it is called (setting MERGE_POLICY).

    The guest's lines are set aside under a reference, merged under that reference, then released: a call that died in
    between is finished by the next one, two calls at once do it once, and lines that the guest adds meanwhile wait for
    the next merge. No line grows beyond what may be bought; what cannot be bought is left out.
    """
    if store().in_session:  # the session is one and the same before and after signing in
        return Merged()
    done = Merged()
    # The second round is for lines that were added while an earlier merge lay unfinished.
    for _ in range(2):
        claim = store().claim(guest, user, reference=f"merge:{uuid4().hex}", lifetime=lifetime_of(guest))
        if claim is None:
            break
        done = done + _merge_claim(claim, user)
        if not store().release(guest, user):
            break
    if done.lines:
        cart_merged.send_robust(None, owner=user, guest=guest, merged=dict(done.lines))
    return done


def _merge_claim(claim: Claim, user: Owner) -> Merged:
    policy = conf.MERGE_POLICY
    products = find_products(claim.lines.keys())
    caps = {sku_id: allowed_of(product) for sku_id, product in products.items()}
    wanted = {sku_id: recounted(line, products[sku_id]) for sku_id, line in claim.lines.items() if caps.get(sku_id)}
    kind = Kind.MAX if policy == "max" else Kind.ADD
    changes = [Change.of(kind, sku_id, line, caps[sku_id]) for sku_id, line in wanted.items()]
    clear = policy == "replace" and bool(wanted)
    terms = Terms(claim.reference, REMEMBER, clip=True, clear=clear, most=conf.MAX_LINES)
    outcome = store().change(user, changes, terms)
    if not outcome.applied:
        return Merged()
    expected = {
        sku_id: max(outcome.before[sku_id], line.quantity)
        if policy == "max"
        else line.quantity + (0 if policy == "replace" else outcome.before[sku_id])
        for sku_id, line in wanted.items()
    }
    return Merged(
        lines={sku_id: n for sku_id, n in outcome.after.items() if n},
        limited=tuple(products[sku_id].name for sku_id, n in outcome.after.items() if 0 < n < expected[sku_id]),
        left_out=tuple(
            products[sku_id].name if sku_id in products else sku_id
            for sku_id in claim.lines
            if not outcome.after.get(sku_id)
        ),
    )


def settle(*, owner: Owner, ordered: Mapping[str, int], reference: str) -> bool:
    """Take the ordered quantities off, once per reference; pieces added since stay. False on a repetition."""
    changes = [Change(Kind.TAKE, sku_id, quantity) for sku_id, quantity in ordered.items()]
    outcome = store().change(owner, changes, Terms(f"settle:{reference}", REMEMBER))
    if outcome.applied:
        cart_settled.send_robust(None, owner=owner, ordered=dict(ordered), reference=reference)
    return outcome.applied


def forget(*, user_id: str) -> bool:
    """Drop a user's cart and all that is remembered of it (account erasure); True when there was one."""
    if store().in_session:
        return False
    return store().drop(account_owner(user_id))


def expire_guests(*, days: int, dry_run: bool = False) -> Expired:
    """Drop every guest's cart that was not changed for so many days; one changed meanwhile is kept."""
    before, seen, dropped = int(time.time()) - days * 86400, 0, 0
    for held in store().survey():
        if held.owner.is_guest:
            seen += 1
            if held.changed < before:
                dropped += dry_run or store().drop(held.owner, unless_changed_since=before)
    return Expired(seen, dropped)
