"""The confirm page, its quotes, and placing the order."""

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import chain
from urllib.parse import urlencode

from dailyfresh_core.allowances import guest_of
from dailyfresh_core.db.retrying import Busy
from dailyfresh_core.http.answers import envelope, led_to, wants_json
from dailyfresh_core.pricing.measures import written
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ..checkout.quantities import shortage_texts
from ..checkout.quotes import BASKET, Quote, new_key, quote
from ..checkout.signed_quotes import claimed, signed
from ..conf import conf
from ..exceptions import AddressMissing, BasketAway, OutOfStock, QuoteChanged, QuoteInvalid, Shortage, TooMuchOpen
from ..forms.checkout import ChosenForm, PlaceForm
from ..freight import freight
from ..gateways import configured
from ..joins import address_book
from ..models import Order
from ..protocols import Address
from ..selectors import chosen_in_basket, ordered_under
from ..services import payable_by, place_order
from .answers import for_buyers, invoice_choices, wish_choices, within

logger: logging.Logger = logging.getLogger(__name__)
KEYS = "dailyfresh_orders_quotes"


@require_safe
@for_buyers
@within("quote", methods=("GET", "HEAD"))
def confirm(request: HttpRequest) -> HttpResponse:
    """What the buyer is about to order, priced now: from the basket (`sku_id=…`) or directly (`buy=<sku_id>:<n>`)."""
    form = ChosenForm(request.GET)
    if not form.is_valid():
        return _nothing(request, str(form.errors["__all__"][0]))
    wanted, source = form.cleaned_data["wanted"], form.cleaned_data["source"]
    if source == BASKET:
        try:
            wanted = chosen_in_basket(request.user, form.cleaned_data["sku_ids"])
        except BasketAway:
            logger.exception("The basket of user %s cannot be read", request.user.pk)
            return _nothing(request, _("Your cart cannot be read at the moment. Please try again."), status=503)
    if not wanted:
        return _nothing(
            request, _("Nothing is chosen for an order."), order=_ordered(request, form.cleaned_data["sku_ids"])
        )
    choices = _choices(request)
    address = next((each for each in choices if each.id == request.GET.get("address")), choices[0] if choices else None)
    key, earlier = _key(request, source, wanted)
    now = quote(wanted, source=source, address=address, user=request.user, window=request.GET.get("window"), key=key)
    return _page(request, now, choices, earlier=earlier)


@require_POST
@for_buyers
@within("quote")
def requote(request: HttpRequest) -> HttpResponse:
    """The same lines priced for another address or with another coupon: a fragment for scripts, the whole page for a button."""
    return _again(request)


@require_POST
@for_buyers
@within("place")
def place(request: HttpRequest) -> HttpResponse:
    """Make the order; what changed since the page was shown is said, and asked again."""
    form = PlaceForm(request.POST, user=request.user)
    if not form.is_valid():
        sentence = str(next(iter(form.errors.values()))[0])
        return _again(request, [sentence], status=400, code="invalid")
    data = form.cleaned_data
    try:
        placed = place_order(
            user=request.user,
            token=data["token"],
            address_id=data["address"],
            payment_method=data["payment_method"],
            note=data["note"],
            wish=data["wish"],
            wishes=form.wishes,
            coupon=data["coupon"] or None,
            window=data["window"] or None,
            invoice=data["invoice"],
            guest=guest_of(request, trusted=conf.TRUSTED_PROXIES),
        )
    except QuoteInvalid:
        return _too_old(request)
    except AddressMissing:
        return _without_address(request, data["address"])
    except QuoteChanged as error:
        return _again(request, error.changes, status=409, code="quote_changed")
    except OutOfStock as error:
        return _again(request, shortages=error.shortages, status=409, code="out_of_stock")
    except TooMuchOpen as error:
        return _again(request, [str(error)], status=409, code="too_much_open")
    except Busy:
        return _again(request, [_("The shop is very busy. Please try again.")], status=503, code="busy")
    return _placed(request, placed.order)


def _placed(request: HttpRequest, order: Order) -> HttpResponse:
    """To the page that says what was ordered, and how it is paid."""
    target = reverse("dailyfresh_orders:pay_wait", args=[order.number])
    return led_to(request, target, code="placed", number=order.number)


def _without_address(request: HttpRequest, address_id: str) -> HttpResponse:
    if not address_id:
        return _again(request, [_("Please choose an address.")], status=400, code="invalid")
    return _again(request, [_("This address is gone. Please choose another one.")], status=409, code="address_missing")


def _choices(request: HttpRequest) -> list[Address]:
    """The buyer's addresses; none where the site sends nothing."""
    book = address_book()
    return list(book.choices(request.user)) if book else []


def _key(request: HttpRequest, source: str, wanted: dict[str, int]) -> tuple[str, Order | None]:
    """The key of the quote: the same for the same choice in two tabs of a session, until an order came of it; and that order."""
    words = repr((source, sorted((sku_id, written(n)) for sku_id, n in wanted.items())))
    choice = hashlib.sha256(words.encode()).hexdigest()[:16]
    known = _known(request)
    keys = known.get(choice, [])
    earlier = ordered_under(keys).first() if keys else None
    if not keys or (earlier and earlier.token == keys[0]):
        keys = [new_key(), *keys[:1]]
        request.session[KEYS] = dict([*list(known.items())[-4:], (choice, keys)])
    return keys[0], earlier


def _known(request: HttpRequest) -> dict[str, list[str]]:
    """Choice -> the keys of its quotes, as far as the session says so in a way that can be read."""
    known = request.session.get(KEYS)
    if not isinstance(known, dict):
        return {}
    return {
        choice: keys
        for choice, keys in known.items()
        if isinstance(keys, list) and keys and all(isinstance(key, str) for key in keys)
    }


def _ordered(request: HttpRequest, sku_ids: Iterable[str]) -> Order | None:
    """The order of this session that took these goods out of the basket: whoever goes back in the browser asks for them again."""
    for order in ordered_under(chain.from_iterable(_known(request).values())).prefetch_related("lines"):
        if set(sku_ids) <= {line.sku_id for line in order.lines.all()}:
            return order
    return None


def _again(
    request: HttpRequest,
    said: list[str] | None = None,
    *,
    shortages: Iterable[Shortage] = (),
    status: int = 200,
    code: str = "ok",
) -> HttpResponse:
    """The confirm page once more, for the address and the coupon that were posted, priced now, under the same key, with what is to be said."""
    try:
        claim = claimed(request.POST.get("token", ""), user=request.user)
    except QuoteInvalid:
        return _too_old(request)
    choices, coupon = _choices(request), request.POST.get("coupon", "")
    address = next((each for each in choices if each.id == request.POST.get("address")), None)
    coupon = coupon if coupon.isprintable() and 1 <= len(coupon) <= 64 else claim.coupon
    window = request.POST.get("window") or claim.window
    again = partial(quote, claim.quantities, source=claim.source, address=address, user=request.user, key=claim.key)
    now = again(coupon=coupon, window=window)
    return _page(request, now, choices, said=said or shortage_texts(shortages, now.lines), status=status, code=code)


def _page(
    request: HttpRequest,
    now: Quote,
    choices: list[Address],
    *,
    said: list[str] | None = None,
    earlier: Order | None = None,
    status: int = 200,
    code: str = "ok",
) -> HttpResponse:
    chosen = next((each for each in choices if each.id == now.address_id), None)
    ways = [way for way in configured() if payable_by(way, now)]
    book, back = address_book(), _confirm_url(now.source, now.quantities)
    edit_url: Callable[[str, str], str] | None = getattr(book, "edit_url", None)
    context = {
        "quote": now,
        "token": signed(now, user=request.user),
        "addresses": [(each, edit_url(each.id, back) if edit_url else "") for each in choices],
        "chosen": chosen,
        "manage_url": book.manage_url(back) if book else "",
        "gateways": ways,
        "method": request.POST.get("payment_method", ""),
        "note": request.POST.get("note", ""),
        **wish_choices(request, now),
        **invoice_choices(request, back),
        "said": said or now.problems or now.extras.notes,
        "earlier": earlier,
        "orderable": bool(now.lines and ways and (chosen or not now.requires_shipping) and not now.problems),
        "free_from": freight().free_from if now.requires_shipping and not conf.DELIVERY else None,
        "pay_minutes": conf.PAY_MINUTES if any(each.online for each in ways) else None,
        "from_basket": now.source == BASKET,
        "possible_url": _confirm_url(now.source, now.possible) if now.problems and now.fewer else "",
    }
    if wants_json(request):
        html = render_to_string("dailyfresh_orders/_checkout.html", context, request)
        data = {"html": html, "total": str(now.total), "freight": str(now.freight)}
        return envelope(data, code=code, message=" ".join(said or ()), status=status)
    return render(request, "dailyfresh_orders/confirm.html", context, status=status)


def _confirm_url(source: str, quantities: Mapping[str, int]) -> str:
    pairs = [
        ("sku_id", sku_id) if source == BASKET else ("buy", f"{sku_id}:{written(n)}")
        for sku_id, n in quantities.items()
    ]
    return f"{reverse('dailyfresh_orders:confirm')}?{urlencode(pairs)}"


def _nothing(request: HttpRequest, sentence: str, *, order: Order | None = None, status: int = 400) -> HttpResponse:
    context = {"sentence": sentence, "order": order}
    return render(request, "dailyfresh_orders/nothing.html", context, status=200 if order else status)


def _too_old(request: HttpRequest) -> HttpResponse:
    sentence = _("This page is too old. Please choose your goods again.")
    if wants_json(request):
        return envelope(code="quote_invalid", message=sentence, status=409)
    return _nothing(request, sentence, status=409)
