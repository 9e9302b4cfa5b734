"""A site's own offers: rules with a number of uses, and vouchers of users. The smallest that an order can take."""

from decimal import Decimal

from dailyfresh_core.pricing.offers import NO_COUPON, GivenChoice, GivenHint, GivenOffer
from dailyfresh_core.testing.offers import Off
from django.db.models import F

from .models import Held, Rule, Voucher

NOTHING = Decimal("0.00")


class Promotions:
    def price(self, items, *, user, first_order, coupon, freight, at):
        weights = {item.sku_id: item.amount for item in items}
        shares, hints = [], []
        for rule in Rule.objects.filter(taken__lt=F("most")).order_by("pk"):
            if rule.first and not first_order():
                continue
            off = Off(rule.off, rule.least, f"rule:{rule.pk}", f"满{rule.least:.0f}减{rule.off:.0f}")
            if share := off.share(items, list(weights.values())):
                shares.append(share)
                weights = {sku_id: left + share.amounts.get(sku_id, 0) for sku_id, left in weights.items()}
            else:
                missing = rule.least - sum(weights.values())
                hints.append(GivenHint(off.source, f"再买 ¥{missing:.2f} 减 ¥{rule.off:.0f}", "/fruit/"))
        choices, chosen = self._vouchers(items, list(weights.values()), user, coupon)
        return GivenOffer([*shares, *chosen], hints, choices, digest="1")

    def _vouchers(self, items, weights, user, coupon):
        mine = list(Voucher.objects.filter(user=user, reference="").order_by("-off", "pk")) if user else []
        fits = {str(each.pk): each for each in mine if sum(weights) >= each.least and sum(weights)}
        number = coupon if coupon in fits else next(iter(fits), "") if coupon != NO_COUPON else ""
        choices = [
            GivenChoice(
                str(each.pk),
                f"¥{each.off:.0f} 券",
                saves=min(each.off, sum(weights)) if str(each.pk) in fits else NOTHING,
                chosen=str(each.pk) == number,
                why="" if str(each.pk) in fits else f"满 ¥{each.least:.0f} 可用",
            )
            for each in mine
        ]
        if not number:
            return choices, []
        voucher = fits[number]
        share = Off(voucher.off, voucher.least, f"voucher:{number}", f"¥{voucher.off:.0f} 券").share(items, weights)
        return choices, [share]

    def take(self, offer, *, user, reference, at):
        refused = []
        ids = sorted((share.source.partition(":") for share in offer.shares), reverse=True)  # vouchers, then the rules
        for kind, _colon, pk in ids:
            if kind == "voucher":
                done = Voucher.objects.filter(pk=pk, user=user, reference="").update(reference=reference)
            else:
                Held.objects.create(reference=reference, rule_id=pk)
                done = Rule.objects.filter(pk=pk, taken__lt=F("most")).update(taken=F("taken") + 1)
            if not done:
                refused.append(f"{kind}:{pk}")
        return refused

    def used(self, reference):
        Held.objects.filter(reference=reference).update(used=True)

    def give_back(self, reference, *, why):
        if why == "refunded_after":
            return
        Voucher.objects.filter(reference=reference).update(reference="")
        for held in Held.objects.filter(reference=reference).order_by("rule_id"):
            if held.delete()[0]:
                Rule.objects.filter(pk=held.rule_id).update(taken=F("taken") - 1)
