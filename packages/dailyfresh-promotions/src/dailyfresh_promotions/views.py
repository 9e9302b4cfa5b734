"""The coupon centre, the wallet, and how coupons come into it."""

import time
from collections.abc import Callable
from typing import Any

from dailyfresh_core.allowances import guest_of, use
from dailyfresh_core.db.retrying import Busy
from dailyfresh_core.http.answers import address_of, envelope, safe_next, signed_in, told, too_often
from dailyfresh_core.http.proxies import throttle_subject, visitor_address
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from .conf import conf
from .display.product_offers import in_brief, offers_on
from .exceptions import NotIssued
from .forms import CodeForm
from .models import Coupon
from .selectors import centre as shown
from .selectors import counts_of, coupons_of
from .services import issue, issue_by_code

MOST_PRODUCTS = 100
"""Products that one page asks for; the rest is left out."""


@require_safe
@login_not_required
@never_cache
def centre(request: HttpRequest) -> HttpResponse:
    """What may be claimed now; whoever is not signed in is led there by the button."""
    user = request.user if request.user.is_authenticated else None
    return render(
        request, "dailyfresh_promotions/centre.html", {"batches": shown(user, timezone.now()), "form": CodeForm()}
    )


@require_safe
@signed_in
def wallet(request: HttpRequest) -> HttpResponse:
    """The user's coupons by state (`?state=used`)."""
    now = timezone.now()
    counts = counts_of(request.user, now)
    tab = request.GET.get("state", "")
    tab = tab if tab in counts else "usable"
    paginator = Paginator(coupons_of(request.user, tab, now), conf.PAGE_SIZE)
    paginator.count = counts[tab]
    labels = {"usable": _("Usable"), "used": _("Used"), "over": _("Over")}
    context = {
        "page": paginator.get_page(request.GET.get("page")),
        "tab": tab,
        "tabs": [(name, labels[name], number) for name, number in counts.items()],
        "now": now,
        "form": CodeForm(),
        "shop_url": address_of(conf.SHOP_URL),
    }
    return render(request, "dailyfresh_promotions/wallet.html", context)


@require_POST
@transaction.non_atomic_requests
@signed_in
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """A coupon of a batch that the centre shows."""
    return _had(request, lambda: issue(user=request.user, batch_id=pk, at=timezone.now()))


@require_POST
@transaction.non_atomic_requests
@signed_in
def code(request: HttpRequest) -> HttpResponse:
    """A coupon for a typed code; tries are counted by the account and by the address, so that codes are not guessed."""
    subjects = (f"account {request.user.pk}", throttle_subject(visitor_address(request, trusted=conf.TRUSTED_PROXIES)))
    waits = [use("coupon_code", subject) for subject in subjects]
    if any(waits):
        return too_often(request, max(waits))
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _told(request, _("Please type a code."), code="invalid", status=400)
    return _had(request, lambda: issue_by_code(user=request.user, code=form.cleaned_data["code"], at=timezone.now()))


@require_safe
@transaction.non_atomic_requests
@login_not_required
@never_cache
def clock(request: HttpRequest) -> HttpResponse:
    """What time it is, in milliseconds since 1970: browsers' clocks are wrong, and pages may come from a cache."""
    return envelope({"now": int(time.time() * 1000)})


@require_safe
@transaction.non_atomic_requests
@login_not_required
@never_cache
def on_products(request: HttpRequest) -> HttpResponse:
    """The offers on products (`?sku=1&sku=2`, `brief=1` as on cards), as they are for this visitor now: sku_id -> HTML."""
    user = request.user if request.user.is_authenticated else None
    found = offers_on(dict.fromkeys(request.GET.getlist("sku")[:MOST_PRODUCTS]), user=user, at=timezone.now())
    brief = request.GET.get("brief") == "1"
    html = {
        sku_id: render_to_string(
            "dailyfresh_promotions/_offer_list.html", {"offers": in_brief(offers) if brief else offers}
        )
        for sku_id, offers in found.items()
    }
    return envelope({"html": html})


def _had(request: HttpRequest, had: Callable[[], Coupon]) -> HttpResponse:
    """One coupon a user is one for everybody only while users are not opened in a moment: guests of one address share an allowance."""
    if (guest := guest_of(request, trusted=conf.TRUSTED_PROXIES)) and (wait := use("guest_coupon", guest)):
        return too_often(request, wait)
    try:
        coupon = had()
    except NotIssued as error:
        sentences = {
            "unknown": _("There is no such coupon, or it is over."),
            "gone": _("These coupons are all gone."),
            "had": _("You have this coupon already."),
        }
        return _told(request, sentences[error.code], code=error.code, status=404 if error.code == "unknown" else 409)
    except Busy:
        sentence = _("The shop is very busy. Nothing was changed; please try again.")
        return _told(request, sentence, code="busy", status=503)
    return _told(request, _("The coupon is yours."), data={"number": coupon.number})


def _told(request: HttpRequest, sentence: str, **more: Any) -> HttpResponse:
    return told(request, safe_next(request) or "dailyfresh_promotions:centre", sentence, **more)
