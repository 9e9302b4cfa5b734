"""What pages and admin read: orders of a buyer, reviews of a SKU."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dailyfresh_core.db.statements import Table, asked, places, stored
from dailyfresh_core.db.together import of_each
from dailyfresh_core.protocols import Purchasable
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Avg, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from .channels import kept
from .checkout.quantities import possible_of
from .conf import conf
from .exceptions import BasketAway
from .joins import basket, catalogue
from .models import (
    InvoiceTitle,
    Letter,
    MessageChoice,
    Order,
    OrderLine,
    Payment,
    Refund,
    Review,
    ReviewPicture,
)

TABS: Mapping[str, tuple[str, ...]] = {
    "to-pay": (Order.State.AWAITING_PAYMENT,),
    "to-ship": (Order.State.TO_SHIP,),
    "to-receive": (Order.State.SHIPPED,),
    "to-review": (Order.State.RECEIVED,),
}
"""Tab of the order list -> the states under it."""
REFUNDS = "refunds"


def orders_of(user: Any, *, tab: str = "", search: str = "") -> "QuerySet[Order]":
    """The user's orders, newest first, with their lines; `search` is part of a number or of a product's name."""
    orders = Order.objects.filter(user=user).prefetch_related("lines").order_by("-pk")
    if tab in TABS:
        orders = orders.filter(state__in=TABS[tab])
    elif tab == REFUNDS:
        orders = orders.filter(Exists(Refund.objects.filter(payment__order=OuterRef("pk"))))
    if search:
        named = OrderLine.objects.filter(order=OuterRef("pk"), name__icontains=search)
        orders = orders.filter(Q(number__contains=search) | Exists(named))
    return orders


def order_of(user: Any, number: str) -> Order | None:
    """One order of this user with its lines and reviews; None when there is none or it is somebody else's."""
    return _whole(Order.objects.filter(user=user, number=number))


def order_numbered(number: str) -> Order | None:
    """`order_of`, whoever it belongs to."""
    return _whole(Order.objects.filter(number=number))


def _whole(orders: "QuerySet[Order]") -> Order | None:
    return orders.prefetch_related("lines__review", "lines__adjustments", "adjustments", "log").first()


def order_counts(user: Any) -> dict[str, int]:
    """State -> number of the user's orders in it; states without orders are absent."""
    rows = Order.objects.filter(user=user).order_by().values_list("state").annotate(n=Count("pk"))
    return dict(rows)


def ordered_under(keys: Iterable[str]) -> "QuerySet[Order]":
    """The orders that quotes of these keys have become, the latest first."""
    return Order.objects.filter(token__in=list(keys)).order_by("-pk")


def chosen_in_basket(user: Any, sku_ids: Iterable[str]) -> dict[str, int]:
    """sku_id -> quantity of what the user chose of the basket; empty without a basket, BasketAway when it cannot be read."""
    shop = basket()
    try:
        return dict(shop.lines(user, list(sku_ids))) if shop else {}
    except ImproperlyConfigured:  # waiting would not help the buyer
        raise
    except Exception as error:  # whatever its store raises
        raise BasketAway from error


def still_sold(order: Order) -> dict[str, int]:
    """sku_id -> quantity of the order's goods that are sold today, as much of each as there is; the rest is left out.

    What is sold by another measure today comes with its minimum.
    """
    wanted = {line.sku_id: line.wanted for line in order.lines.all() if line.main_slot}
    found = catalogue().find(wanted)
    possible = {
        sku_id: possible_of(item, quantity)
        for sku_id, quantity in wanted.items()
        if (item := found.get(sku_id)) is not None and item.on_sale
    }
    return {sku_id: quantity for sku_id, quantity in possible.items() if quantity > 0}


@dataclass(frozen=True)
class Rating:
    """The published reviews of a SKU in numbers; `histogram` is (stars, count, per cent) from five down to one."""

    average: Decimal | None
    count: int
    histogram: tuple[tuple[int, int, int], ...]


def _stars_of(sku_ids: Iterable[str]) -> dict[str, dict[int, int]]:
    """sku_id -> stars -> how many gave them, in one statement over an index."""
    rows = Review.objects.filter(sku_id__in=list(sku_ids), state=Review.State.PUBLISHED).order_by()
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for sku_id, stars, n in rows.values_list("sku_id", "stars").annotate(n=Count("pk")):
        found[sku_id][stars] = n
    return found


def rating_of(sku_id: str) -> Rating:
    """One SKU's rating."""
    by_stars = of_each(_stars_of, sku_id) or {}
    count = sum(by_stars.values())
    average = Decimal(sum(stars * n for stars, n in by_stars.items())) / count if count else None
    return Rating(
        average=None if average is None else average.quantize(Decimal("0.1")),
        count=count,
        histogram=tuple(
            (stars, by_stars.get(stars, 0), round(100 * by_stars.get(stars, 0) / count) if count else 0)
            for stars in range(5, 0, -1)
        ),
    )


def ratings_of(sku_ids: Iterable[str]) -> dict[str, tuple[Decimal, int]]:
    """sku_id -> (average of the stars, number of reviews), in one statement; SKUs without reviews are absent."""
    rows = (
        Review.objects.filter(sku_id__in=list(sku_ids), state=Review.State.PUBLISHED)
        .order_by()
        .values("sku_id")
        .annotate(average=Avg("stars"), n=Count("pk"))
    )
    return {row["sku_id"]: (Decimal(str(row["average"])).quantize(Decimal("0.1")), row["n"]) for row in rows}


def reviews_of(sku_id: str) -> "QuerySet[Review]":
    """The published reviews of a SKU, newest first, with those of their pictures that are drawn; `ordered_in` is the language they are
    likely to be in.
    """
    return (
        Review.objects.filter(sku_id=sku_id, state=Review.State.PUBLISHED)
        .select_related("line")
        .annotate(ordered_in=F("line__order__language"))
        .prefetch_related(Prefetch("pictures", ReviewPicture.objects.filter(state=ReviewPicture.State.SHOWN)))
        .order_by("-pk")
    )


def reviews_by(user: Any) -> "QuerySet[Review]":
    """What the user wrote, newest first, whatever its state, with its goods and those of its pictures that are drawn (`shown`)."""
    drawn = ReviewPicture.objects.filter(state=ReviewPicture.State.SHOWN)
    mine = Review.objects.filter(user=user).select_related("line__order")
    return mine.prefetch_related(Prefetch("pictures", drawn, to_attr="shown")).order_by("-pk")


def pictures_of(order: Order) -> dict[str, int]:
    """How many pictures of an order's reviews stand in each state."""
    rows = ReviewPicture.objects.filter(review__line__order=order).order_by().values_list("state")
    return dict(rows.annotate(n=Count("pk")))


def latest_payment(order: Order) -> Payment | None:
    """The payment that paid the order, or its last attempt."""
    return order.payments.order_by(F("paid_slot").desc(nulls_last=True), "-pk").first()


def payment_numbered(code: str, out_trade_no: str) -> Payment | None:
    """The payment of this gateway and number, with its order."""
    return Payment.objects.filter(gateway=code, out_trade_no=out_trade_no).select_related("order").first()


def refunds_of(order: Order) -> "QuerySet[Refund]":
    """The refunds of an order that its buyer sees, newest first, with their lines and pictures."""
    mine = Refund.objects.filter(payment__order=order).select_related("payment").order_by("-pk")
    return mine.prefetch_related("lines__order_line", "pictures")


def refund_of(user: Any, pk: int) -> Refund | None:
    """One refund of an order of this user."""
    return Refund.objects.filter(payment__order__user=user, pk=pk).select_related("payment__order").first()


def refunded_under(order: Order, key: str) -> bool:
    """Whether the form of this key has become a refund of the order: it was sent twice then."""
    return (
        len(key) == 12
        and key.isalnum()
        and Refund.objects.filter(payment__order=order, out_request_no__endswith=f"_{key}").exists()
    )


def letters_of(user: Any) -> "QuerySet[Letter]":
    """What the user was told in the shop, newest first."""
    told = Letter.objects.filter(user=user, channel__in=kept(), sent_at__isnull=False).order_by("-pk")
    related = ("message__order", "message__refund", "message__payment")
    return told.select_related(*related).prefetch_related("message__order__lines")


def unread_of(user: Any) -> int:
    """How many of them were not read yet, in one statement; none where nothing is told in the shop."""
    if not (codes := kept()):
        return 0
    letter = Table(Letter)
    # Written out, for each page asks: to build it took the ORM a quarter of what a visitor is told.
    sql = f"SELECT COUNT(*) FROM {letter} WHERE {letter.user} = %s AND {letter.read_at} IS NULL AND {letter.channel} IN ({places(codes)})"  # noqa: S608
    ((unread,),) = asked(sql, [stored(Letter, "user", user.pk), *codes], of=Letter)
    return int(unread)


def unwanted_of(user: Any) -> set[str]:
    """What the user does not want to hear: "shipped:mail"."""
    return MessageChoice.words(MessageChoice.objects.filter(user=user).values_list("unwanted", flat=True).first())


def invoice_titles_of(user: Any) -> "QuerySet[InvoiceTitle]":
    """To whom the user has invoices made out, the latest first; none where the site asks for none."""
    titles = InvoiceTitle.objects.filter(user=user).order_by("-pk")
    return titles if conf.INVOICE_TITLES else titles.none()


def known_goods(lines: Iterable[OrderLine]) -> Mapping[str, Purchasable]:
    """What the catalogue says of the goods of these lines, in the reader's language; asked in one go."""
    return catalogue().find(sorted({line.sku_id for line in lines}))


def name_of(line: OrderLine, known: Mapping[str, Purchasable]) -> str:
    """What the goods of a line are called: as the catalogue says, or as they were ordered where it has them no more."""
    return known[line.sku_id].name if line.sku_id in known else line.name
