"""Writing reviews of an order, and more reviews of a SKU for its page."""

import logging

from dailyfresh_core.http.answers import envelope, wants_json
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from ..conf import conf
from ..exceptions import AlreadyReviewed, IllegalTransition, PicturesAway
from ..forms.reviews import ReviewForm, judge_together
from ..models import Order
from ..selectors import order_counts, rating_of, reviews_by, reviews_of
from ..services import REVIEWABLE, Words, masked, review_order
from .answers import for_buyers, theirs, within

logger: logging.Logger = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
@for_buyers
@within("review")
def review(request: HttpRequest, number: str) -> HttpResponse:
    """Stars, words and pictures for each line that has no review yet."""
    order = theirs(request, number)
    open_lines = [line for line in order.lines.all() if line.whole and not hasattr(line, "review")]
    if order.state not in REVIEWABLE or not open_lines:
        messages.info(request, _("There is nothing to review in this order."))
        return redirect(order)
    bound = request.method == "POST"
    forms = [
        (line, ReviewForm(request.POST if bound else None, request.FILES if bound else None, prefix=f"line{line.pk}"))
        for line in open_lines
    ]
    valid = [form.is_valid() for line, form in forms]  # all of them, so that each shows its errors
    status = 400 if bound else 200
    if bound and all(valid) and judge_together([form for line, form in forms]):
        words = {line.pk: Words(**form.cleaned_data) for line, form in forms}
        try:
            review_order(order=order, words=words, anonymous="anonymous" in request.POST)
        except PicturesAway as error:
            logger.warning("The pictures of a review of order %s are refused: %s", order, error)
            sentence = _("Pictures cannot be stored right now. Leave them out, or try again in a moment.")
            next(form for line, form in forms if words[line.pk].pictures).add_error("pictures", sentence)
            status = 503
        except (AlreadyReviewed, IllegalTransition):
            messages.error(request, _("This order has been reviewed already."))
            return redirect(order)
        else:
            messages.success(
                request,
                _("Thank you! Your review is shown once it is approved.")
                if conf.REVIEWS_MODERATED
                else _("Thank you for your review!"),
            )
            return redirect(order)
    context = {
        "order": order,
        "forms": forms,
        "anonymous": not bound or "anonymous" in request.POST,
        "masked": masked(request.user.get_username()),
        "most": conf.REVIEW_PICTURES,
        "megabytes": conf.REVIEW_PICTURE_BYTES // 1024 // 1024,
    }
    return render(request, "dailyfresh_orders/review.html", context, status=status)


@require_safe
@for_buyers
def my_reviews(request: HttpRequest) -> HttpResponse:
    """What the buyer wrote, and how many orders wait for a review."""
    context = {
        "page": Paginator(reviews_by(request.user), conf.PAGE_SIZE).get_page(request.GET.get("page")),
        "waiting": order_counts(request.user).get(Order.State.RECEIVED, 0),
        "current": "reviews",
    }
    return render(request, "dailyfresh_orders/my_reviews.html", context)


@require_safe
@login_not_required
@vary_on_headers("X-Requested-With", "Accept")
def sku_reviews(request: HttpRequest, sku_id: str) -> HttpResponse:
    """A page of a SKU's published reviews, for everybody: a fragment for scripts, a page otherwise."""
    if not (sku_id.isascii() and sku_id.isprintable() and len(sku_id) <= 64):
        raise Http404
    page = Paginator(reviews_of(sku_id), conf.PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"sku_id": sku_id, "page": page}
    if wants_json(request):
        html = render_to_string("dailyfresh_orders/_review_page.html", context, request)
        return envelope({"html": html})
    return render(request, "dailyfresh_orders/sku_reviews.html", {**context, "rating": rating_of(sku_id)})
