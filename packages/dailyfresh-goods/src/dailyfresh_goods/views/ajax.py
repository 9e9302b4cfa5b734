"""Answers to scripts: the exact stock, and what belongs to one visitor."""

from typing import Any

from dailyfresh_core.allowances import subject_of, use
from dailyfresh_core.http.answers import envelope, host_of
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from .. import selectors, services
from ..conf import conf
from ..history import Visitor

MOST_IDS = 50


@login_not_required
@require_GET
def stock(request: HttpRequest) -> HttpResponse:
    """GET `?sku_id=1&sku_id=2` → data {"stock": {"1": 36, "2": 0}}: pieces that can be bought now."""
    sku_ids = request.GET.getlist("sku_id")
    if not sku_ids or len(sku_ids) > MOST_IDS:
        message = _("Ask for 1 to %d SKUs.") % MOST_IDS
        return envelope(code="invalid", message=message, status=400)
    return envelope({"stock": selectors.stock_of(sku_ids)})


@login_not_required
@require_GET
def visitor(request: HttpRequest) -> HttpResponse:
    """GET `?viewed=12` → data {"csrf": ..., "history": [...]}, for a site that has no visitor request of its own."""
    return envelope({"csrf": get_token(request), **visitor_data(request)})


def visitor_data(request: HttpRequest) -> dict[str, Any]:
    """{"history": [cards, newest first]}; records the SKU in `?viewed=` when the page that asks is one of ours.

    Of that SKU an account is told which wishes it has: "wishes", a list of kinds.
    """
    viewed = request.GET.get("viewed") if _same_origin(request) else None
    user = getattr(request, "user", None)
    visitor = Visitor(
        user_id=str(user.pk) if user is not None and user.is_authenticated else None,
        session=getattr(request, "session", None),
    )
    if viewed and not visitor.known and use("guest_history", subject_of(request, trusted=conf.TRUSTED_PROXIES)):
        viewed = None  # a machine that comes as somebody else each time is shown everything, and not remembered
    seen = services.visit(visitor=visitor, viewed=viewed)
    # What is on screen is not history; a few more are read, since some may be off sale by now.
    cards = selectors.cards_on_sale(seen)[: conf.HISTORY_SHOWN]
    data: dict[str, Any] = {"history": [card.as_dict() for card in cards]}
    if viewed and visitor.user_id and conf.WISHES:
        data["wishes"] = selectors.wished_kinds(user, viewed)
    return data


def _same_origin(request: HttpRequest) -> bool:
    """Whether a page of this site asks: another site's page could fill a visitor's history with an <img>."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    source = request.headers.get("Origin") or request.headers.get("Referer")
    return source is not None and host_of(source) == request.get_host()
