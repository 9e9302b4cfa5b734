"""Where the shop delivers, when and for what; a visitor says there which of it is theirs."""

from typing import Any

from dailyfresh_core.http.answers import cookie_like_session, safe_next
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .conf import conf
from .models import PickupPoint, Zone
from .showing import district_of, earliest_of, outlook, zone_of

YEAR = 365 * 24 * 3600


class ZoneForm(forms.Form):
    """The zone that a visitor is in; a visitor who knows their district only has it by their address."""

    zone = forms.ModelChoiceField(Zone.objects.filter(areas__isnull=False).distinct())

    @property
    def code(self) -> str:
        """One of its areas."""
        areas: list[str] = list(self.cleaned_data["zone"].areas.values_list("code", flat=True)[:1])
        return areas[0]


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
def areas(request: HttpRequest) -> HttpResponse:
    """Every zone with what it asks and when the earliest order comes; a POST of one remembers it as the visitor's."""
    if request.method == "POST":
        form = ZoneForm(request.POST)
        if not form.is_valid():
            raise Http404
        answer = redirect(safe_next(request) or "dailyfresh_delivery:areas")
        answer.set_cookie(
            conf.DISTRICT_COOKIE,
            form.code,
            max_age=YEAR,
            **cookie_like_session(),
        )
        return answer
    those, theirs = list(Zone.objects.filter(areas__isnull=False).distinct()), zone_of(district_of(request))
    earliest = earliest_of(those)
    context = {
        "rows": [(each, earliest.get(each.pk, ""), each == theirs) for each in those],
        "points": PickupPoint.objects.all(),
        "next": safe_next(request),
    }
    return render(request, "dailyfresh_delivery/areas.html", context)


def visitor_data(request: HttpRequest) -> dict[str, Any]:
    """The package's part of the visitor request, for a page with `data-delivery`: what is said of the visitor's district."""
    context = {"outlook": outlook(request)}
    return {"delivery": {"html": render_to_string("dailyfresh_delivery/_outlook.html", context, request)}}
