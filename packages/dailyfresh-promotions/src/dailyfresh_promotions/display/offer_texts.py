"""What pages write of offers: their names, hints, and why one takes nothing off, in the language of the moment."""

from collections.abc import Sequence
from decimal import Decimal

from dailyfresh_core.i18n.translations import said
from dailyfresh_core.pricing.money import shown
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from ..coins import yuan
from ..engine import (
    Benefit,
    Bundle,
    Cheapest,
    Coupon,
    Each,
    Flash,
    FreeFreight,
    Off,
    Percent,
    Prices,
    Reason,
    Rule,
    Step,
)

SENTENCES = {
    "": "",
    "below": gettext_lazy("Not enough for it yet."),
    "free": gettext_lazy("Delivery is free already."),
    "weighed": gettext_lazy("It counts pieces, and these goods are priced by weight."),
    "scope": gettext_lazy("For none of these goods."),
    "activity": gettext_lazy("Not together with offers."),
    "closed": gettext_lazy("These goods have a price that stands alone."),
    "dearer": gettext_lazy("Another price is lower."),
    "taken_by": gettext_lazy("Not together with “%(offer)s”."),
    "worse_than": gettext_lazy("“%(offer)s” saves more."),
    "used_up": gettext_lazy("It is used up."),
    "audience": gettext_lazy("It is not for you."),
}
"""Why an offer or a coupon takes nothing off, by its code."""


def money(coins: int) -> str:
    amount = yuan(coins)
    return shown(amount).replace(".00", "") if amount == int(amount) else shown(amount)


def named(of: Rule | Coupon) -> str:
    """What the merchant called it, in the language of the moment where they said it, or the offer written out; at most 120 characters."""
    return said(of.label, of.told, "label") or written(of.benefit)[:120]


def shared(by: Rule | Coupon) -> str:
    """What it is called among what was taken off a basket, where nothing else tells a coupon from an offer."""
    return (_("Coupon: %(offer)s") % {"offer": named(by)})[:120] if isinstance(by, Coupon) else named(by)


def written(benefit: Benefit | FreeFreight) -> str:
    """An offer in words: "¥10 off from ¥100"."""
    return capfirst(_written(benefit))


def _written(benefit: Benefit | FreeFreight) -> str:
    match benefit:
        case Off():
            return _steps([(reach, _less(money(off))) for reach, off in benefit.tiers], benefit.counts_pieces)
        case Percent():
            said = _steps([(reach, rated(rate)) for reach, rate in benefit.tiers], benefit.counts_pieces)
            return _capped(said, benefit.cap)
        case Each():
            words = {"gain": _less(money(benefit.each)), "reach": much(benefit.reach, benefit.counts_pieces)}
            return _capped(_("%(gain)s for every %(reach)s") % words, benefit.cap)
        case Cheapest():
            return _cheapest(benefit)
        case Bundle():
            return _("Any %(n)d for %(price)s") % {"n": benefit.every, "price": money(benefit.price)}
        case FreeFreight():
            return _steps([(benefit.reach, _freight(benefit.cap))], pieces=False)
        case Prices():
            return _("Special price") if benefit.rate is None else rated(benefit.rate)
        case Flash():
            return _("Flash price")
    raise TypeError(benefit)


def _capped(said: str, cap: int | None) -> str:
    return said if cap is None else _("%(offer)s, at most %(amount)s") % {"offer": said, "amount": money(cap)}


def _cheapest(benefit: Cheapest) -> str:
    if (benefit.every, benefit.few, benefit.rate) == (2, 1, 5000):
        return _("The second at half the price")
    numbers = {"n": benefit.every, "few": benefit.few, "gain": rated(benefit.rate)}
    if benefit.rate:
        return _("Of every %(n)d pieces the cheapest %(few)d: %(gain)s") % numbers
    return _("Buy %(n)d, get %(few)d free") % (numbers | {"n": benefit.every - benefit.few})


def much(n: int, pieces: bool) -> str:
    """So many pieces, or so much money."""
    return ngettext("%(n)d piece", "%(n)d pieces", n) % {"n": n} if pieces else money(n)


def rated(rate: int) -> str:
    """What paying a rate is called: "12% off"; Chinese says what of ten is left."""
    # Translators: "off" says what is taken off of a hundred; "left" (as in Chinese, 8.8折) says what is left of ten.
    left = pgettext("how reductions are said", "off") == "left"
    number = Decimal(rate) / 1000 if left else Decimal(10_000 - rate) / 100
    return _("%(n)s%% off") % {"n": f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"}


def hint(rule: Rule, step: Step) -> str:
    """What a little more would bring: "¥12 more: ¥10 off"."""
    return _("%(missing)s more: %(gain)s") % {"missing": much(step.missing, step.pieces), "gain": _gain(rule, step)}


def _gain(rule: Rule, step: Step) -> str:
    if isinstance(rule.benefit, FreeFreight):
        return _freight(step.off)
    if step.rate is not None:
        return rated(step.rate)
    return _less(money(step.off)) if step.off is not None else named(rule)


def audience(of: str) -> str:
    """Whom an offer is for; "" for everybody."""
    return {"members": _("For members"), "first": _("First order")}.get(of, "")


def why(reason: Reason) -> str:
    """Why a rule or a coupon takes nothing off, a sentence."""
    return why_not(reason.code, other=named(reason.other) if reason.other else "")


def why_not(code: str, *, other: str = "") -> str:
    """The sentence of a code; "" for ""."""
    return str(SENTENCES[code]) % {"offer": other}


def _steps(steps: Sequence[tuple[int, str]], pieces: bool) -> str:
    said = [
        _("%(gain)s from %(reach)s") % {"gain": gain, "reach": much(reach, pieces)} if reach else gain
        for reach, gain in steps
    ]
    return " · ".join(said)


def _less(amount: str) -> str:
    return _("%(amount)s off") % {"amount": amount}


def _freight(cap: int | None) -> str:
    return _("free delivery") if cap is None else _("%(amount)s off delivery") % {"amount": money(cap)}
