"""Favourites, and being told when something is back: what a visitor with an account has in mind."""

from dailyfresh_core.allowances import subject_of, use
from dailyfresh_core.http.answers import safe_next, signed_in, told, too_often
from dailyfresh_core.paging import pager
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import selectors, services
from ..conf import conf
from ..exceptions import Absent, TooManyWishes
from ..models import Wish


@require_safe
@signed_in
def wishes(request: HttpRequest) -> HttpResponse:
    """The visitor's favourites (`?kind=back`: what they wait for), with the price and the availability of today."""
    kind = Wish.Kind.BACK if request.GET.get("kind") == Wish.Kind.BACK else Wish.Kind.FAVOURITE
    page = Paginator(selectors.wishes_of(request.user, kind), conf.PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "kind": kind.value,
        "wished": selectors.wished(page.object_list),
        "pager": pager(page.number, page.paginator.num_pages, lambda number: f"?kind={kind}&page={number}"),
        "current": "wishes",
    }
    return render(request, "dailyfresh_goods/wishes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def wish(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """The small page that a button is without JavaScript; POST `on=1` makes the wish, `on=0` takes it back."""
    if kind not in Wish.Kind or not conf.WISHES:
        raise Http404
    if request.method == "POST":
        return _changed(request, Wish.Kind(kind), str(pk))
    found = selectors.detail(pk, off_sale=True)
    if found is None:
        raise Http404
    context = {"card": found.card, "kind": kind, "wished": kind in selectors.wished_kinds(request.user, str(pk))}
    return render(request, "dailyfresh_goods/wish.html", context)


def _changed(request: HttpRequest, kind: Wish.Kind, sku_id: str) -> HttpResponse:
    if wait := use("wish", subject_of(request, trusted=conf.TRUSTED_PROXIES)):
        return too_often(request, wait)
    on = request.POST.get("on") != "0"
    change = services.make_wish if on else services.drop_wish
    try:
        change(user=request.user, kind=kind, sku_id=sku_id)
    except Absent as error:
        raise Http404 from error
    except TooManyWishes:
        sentence = _("That is as many as one account may have. Please take some off first.")
        return told(request, "dailyfresh_goods:wishes", sentence, code="too_many", status=409)
    return told(request, safe_next(request) or "dailyfresh_goods:wishes", _said(kind, on), data={"on": on})


def _said(kind: Wish.Kind, on: bool) -> str:
    if kind == Wish.Kind.BACK:
        return _("We tell you as soon as it is back.") if on else _("You will not be told.")
    return _("It is among your favourites now.") if on else _("It is no longer among your favourites.")
