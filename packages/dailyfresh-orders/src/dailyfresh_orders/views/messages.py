"""What the shop told its visitor: read in the shop, chosen by whom it is for."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ..conf import conf
from ..forms.messages import ChoicesForm
from ..selectors import letters_of, unread_of, unwanted_of
from ..services import choose_messages, mark_read, path_of, words_of
from .answers import for_buyers


def visitor_data(request: HttpRequest) -> dict[str, Any]:
    """For the site's answer about its visitor: how many messages are not read yet."""
    user = request.user
    return {"messages": {"unread": unread_of(user) if user.is_authenticated else 0}}


@require_safe
@for_buyers
def message_list(request: HttpRequest) -> HttpResponse:
    """Everything the visitor was told in the shop, in the language of the page."""
    page = Paginator(letters_of(request.user), conf.PAGE_SIZE).get_page(request.GET.get("page"))
    letters = [(letter, *words_of(letter.message)) for letter in page]
    context = {"page": page, "letters": letters, "unread": unread_of(request.user), "current": "messages"}
    return render(request, "dailyfresh_orders/messages.html", context)


@require_POST
@for_buyers
def open_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a message was read, and go to what it speaks of; somebody else's is a 404."""
    letter = letters_of(request.user).filter(pk=pk).first()
    if letter is None:
        raise Http404
    mark_read(user=request.user, letter=letter)
    return redirect(path_of(letter.message) or "dailyfresh_orders:messages")


@require_POST
@for_buyers
def read_all(request: HttpRequest) -> HttpResponse:
    """Note that all messages were read."""
    mark_read(user=request.user)
    return redirect("dailyfresh_orders:messages")


@require_http_methods(["GET", "HEAD", "POST"])
@for_buyers
def choices(request: HttpRequest) -> HttpResponse:
    """Which messages the visitor gets, and by which channels."""
    form = ChoicesForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_bound and form.is_valid():
        choose_messages(user=request.user, unwanted=form.unwanted())
        messages.success(request, _("Your choice is kept."))
        return redirect("dailyfresh_orders:message_choices")
    context = {"rows": form.rows(unwanted_of(request.user)), "ways": form.ways.values(), "current": "messages"}
    return render(request, "dailyfresh_orders/message_choices.html", context, status=400 if form.is_bound else 200)
