"""The signed form of a quote, which the confirm page carries, and what is no longer as it says.

The signature says "these lines at these prices were shown to this buyer": nothing in it is believed about prices, it is compared with
what they are when the order is placed.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dailyfresh_core.pricing.amounts import NOTHING
from dailyfresh_core.pricing.measures import in_json, per, read
from dailyfresh_core.pricing.money import shown
from dailyfresh_core.protocols import Measure
from django.core import signing
from django.utils.translation import gettext as _

from ..conf import conf
from ..exceptions import QuoteInvalid
from .quotes import Quote, QuoteLine

SALT = "dailyfresh_orders.quote.3"
"""Numbered anew with the shape of what is signed: a page from before an upgrade is too old, and nothing that cannot be read."""


@dataclass(frozen=True)
class Claim:
    """What a signed quote says that the buyer was shown."""

    key: str
    source: str
    quantities: dict[str, int]
    prices: dict[str, Decimal]
    measures: dict[str, str]
    address_id: str | None
    freight: Decimal
    total: Decimal
    coupon: str
    window: str | None
    offers: dict[str, tuple[str, Decimal]]
    """Source of each share of an offer -> what it is called, and what it came to."""
    digest: str


def signed(quote: Quote, *, user: Any) -> str:
    """The quote as the confirm page carries it, bound to the user."""
    lines = {line.sku_id: [str(line.unit_price), _digest(line.measure)] for line in quote.lines}
    return signing.dumps(
        {
            "k": quote.key,
            "u": str(user.pk),
            "s": quote.source,
            "l": [[sku_id, in_json(n), *lines.get(sku_id, ())] for sku_id, n in quote.quantities.items()],
            "a": quote.address_id,
            "f": str(quote.freight),
            "t": str(quote.total),
            "c": quote.extras.coupon,
            "w": quote.timing.chosen.id if quote.timing.chosen else None,
            "o": [[each.source, each.label, str(each.amount)] for each in quote.extras.offers],
            "d": quote.extras.digest,
        },
        salt=SALT,
        compress=True,
    )


def claimed(token: str, *, user: Any) -> Claim:
    """What a signed quote says; QuoteInvalid when it is not ours, not this user's, or too old."""
    try:
        data = signing.loads(token, salt=SALT, max_age=60 * conf.QUOTE_MINUTES)
    except signing.BadSignature as error:
        raise QuoteInvalid("unreadable or too old") from error
    if data["u"] != str(user.pk):
        raise QuoteInvalid("made for somebody else")
    return Claim(
        key=data["k"],
        source=data["s"],
        quantities={sku_id: read(str(quantity)) or 0 for sku_id, quantity, *_line in data["l"]},
        prices={sku_id: Decimal(line[0]) for sku_id, _quantity, *line in data["l"] if line},
        measures={sku_id: line[1] for sku_id, _quantity, *line in data["l"] if line},
        address_id=data["a"],
        freight=Decimal(data["f"]),
        total=Decimal(data["t"]),
        coupon=data["c"],
        window=data["w"],
        offers={source: (label, Decimal(amount)) for source, label, amount in data["o"]},
        digest=data["d"],
    )


def _digest(measure: Measure) -> str:
    """What of a measure decides on the amount."""
    return f"{measure.sold_by}:{measure.priced_by}:{measure.price_grams}:{measure.nominal_grams}"


def _price(line: QuoteLine) -> str:
    return shown(line.unit_price) + per(line.measure)


def differences(claim: Claim, now: Quote) -> list[str]:
    """What is no longer as the buyer was shown, one sentence each."""
    changes = list(now.problems)
    for line in now.lines:
        was = claim.prices.get(line.sku_id)
        if was is None:
            changes.append(_("“%(name)s” is on sale again, for %(now)s.") % {"name": line.name, "now": _price(line)})
        elif _digest(line.measure) != claim.measures[line.sku_id]:
            changes.append(_("“%(name)s” now costs %(now)s.") % {"name": line.name, "now": _price(line)})
        elif line.unit_price != was:
            changes.append(
                _("“%(name)s” now costs %(now)s instead of %(was)s.")
                % {"name": line.name, "now": _price(line), "was": shown(was)}
            )
    if now.freight != claim.freight and not now.timing.problem:
        changes.append(
            _("Sending it now costs %(now)s instead of %(was)s.")
            % {"now": shown(now.freight), "was": shown(claim.freight)}
        )
    changes += _offers(claim, now)
    if changes and not now.problems and now.total != claim.total:
        changes.append(
            _("All in all it now costs %(now)s instead of %(was)s.")
            % {"now": shown(now.total), "was": shown(claim.total)}
        )
    return changes


def _offers(claim: Claim, now: Quote) -> list[str]:
    """What became of the offers; cheaper is asked about as dearer is."""
    if now.extras.digest == claim.digest:
        return [now.extras.note] if now.extras.note else []
    if now.extras.offered.away:
        return [_("Offers cannot be had at the moment.")]
    found = {each.source: (each.label, each.amount) for each in now.extras.offers}
    changes = [now.extras.note] if now.extras.note else []
    for source in dict.fromkeys([*claim.offers, *found]):
        (was_called, was), (is_called, amount) = (
            claim.offers.get(source, ("", NOTHING)),
            found.get(source, ("", NOTHING)),
        )
        if source not in found:
            changes.append(_("“%(label)s” is over, or holds no more for this order.") % {"label": was_called})
        elif source not in claim.offers:
            changes.append(_("“%(label)s” is new: %(amount)s.") % {"label": is_called, "amount": shown(amount)})
        elif amount != was:
            changes.append(
                _("“%(label)s” now comes to %(now)s instead of %(was)s.")
                % {"label": is_called, "now": shown(amount), "was": shown(was)}
            )
    return changes or [_("The terms of an offer have changed.")]
