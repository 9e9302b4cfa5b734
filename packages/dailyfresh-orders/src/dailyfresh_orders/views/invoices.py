"""The visitor's invoice titles, to choose from when they order."""

from dailyfresh_core.http.answers import envelope, safe_next, wants_json
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ..conf import conf
from ..forms.invoices import InvoiceTitleForm
from ..selectors import invoice_titles_of
from .answers import for_buyers


@require_http_methods(["GET", "HEAD", "POST"])
@for_buyers
def invoice_titles(request: HttpRequest) -> HttpResponse:
    """What there is, and a form for one more; `next` leads back to the checkout."""
    if not conf.INVOICE_TITLES:
        raise Http404
    form = InvoiceTitleForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_bound and wants_json(request):
        return _answer(request, form)
    if form.is_bound and form.is_valid():
        kept = form.save()
        messages.success(request, _("The invoice title is kept."))
        back = safe_next(request)
        # The checkout that sent here takes what was added.
        return redirect(
            f"{back}{'&' if '?' in back else '?'}invoice={kept.pk}" if back else "dailyfresh_orders:invoices"
        )
    context = {
        "form": form,
        "titles": invoice_titles_of(request.user),
        "next": safe_next(request),
        "current": "invoices",
    }
    return render(request, "dailyfresh_orders/invoices.html", context, status=400 if form.is_bound else 200)


def _answer(request: HttpRequest, form: InvoiceTitleForm) -> HttpResponse:
    """To the checkout, which takes what was kept, or shows the fields again with what is wrong."""
    if form.is_valid():
        kept = form.save()
        return envelope({"id": kept.pk, "title": str(kept)})
    html = render_to_string("dailyfresh_orders/_invoice_fields.html", {"form": form}, request)
    return envelope({"html": html}, code="invalid", message=next(iter(form.errors.values()))[0], status=400)


@require_POST
@for_buyers
def invoice_title_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """One less; orders keep theirs. Somebody else's is a 404."""
    if not invoice_titles_of(request.user).filter(pk=pk).delete()[0]:
        raise Http404
    messages.success(request, _("The invoice title is removed."))
    return redirect("dailyfresh_orders:invoices")
