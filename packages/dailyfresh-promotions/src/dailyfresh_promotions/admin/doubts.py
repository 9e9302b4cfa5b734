"""What staff may not have meant, said after an offer is saved: nothing of it is forbidden."""

from collections.abc import Iterator

from dailyfresh_core.loading import imported
from django.utils.translation import gettext as _

from ..conf import NAME, conf
from ..engine import Benefit, Flash, FreeFreight, Off, Percent, Prices
from ..models import Rule
from ..models.rules import OF_ALL

HALF = 5000


def doubts(rule: Rule) -> Iterator[str]:
    """Sentences about an active offer; raises BadParams for numbers that cannot be read."""
    if not rule.active:
        return
    if rule.ends is None and not rule.limits.filter(OF_ALL).exists():
        yield _("It has neither an end nor a budget.")
    benefit = rule.benefit()
    if _more_than_half(benefit):
        yield _("It takes off more than half.")
    if unknown := sorted(_named(rule, benefit) - _known(_named(rule, benefit))):
        yield _("The catalogue does not know: %(skus)s") % {"skus": ", ".join(unknown[:20])}
    if isinstance(benefit, Flash) and not rule.limits.exclude(OF_ALL).exists():
        yield _("A flash sale without a price sells nothing.")


def _more_than_half(benefit: Benefit | FreeFreight) -> bool:
    if isinstance(benefit, Percent):
        return any(rate < HALF for _reach, rate in benefit.tiers)
    if isinstance(benefit, Off) and not benefit.counts_pieces:
        return any(2 * off > reach for reach, off in benefit.tiers)
    return isinstance(benefit, Prices) and benefit.rate is not None and benefit.rate < HALF


def _named(rule: Rule, benefit: Benefit | FreeFreight) -> set[str]:
    scope = rule.goods()
    prices = set(benefit.prices) if isinstance(benefit, Prices) else set()
    return {*scope.skus, *scope.but_skus, *prices, *rule.limits.exclude(OF_ALL).values_list("sku_id", flat=True)}


def _known(skus: set[str]) -> set[str]:
    if not conf.CATALOGUE or not skus:
        return skus
    return set(imported(conf.CATALOGUE, where=f'{NAME}["CATALOGUE"]')().find(skus))
