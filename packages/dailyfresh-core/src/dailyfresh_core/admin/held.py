"""The merchant's page of who is held back by an allowance, with the switch to let go: mount it under the admin.

path("admin/held-back/", held_back, name="held_back")
"""

from datetime import UTC, datetime

from django.contrib import admin
from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth import get_permission_codename, get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from .. import allowances


@staff_member_required
def held_back(request: HttpRequest) -> HttpResponse:
    """GET lists them; POST with `name`, `subject` and `free` (1 or 0) lets one go for a day, or takes that back."""
    accounts = get_user_model()._meta
    if not request.user.has_perm(f"{accounts.app_label}.{get_permission_codename('change', accounts)}"):
        raise PermissionDenied
    known = allowances.held_back()
    if request.method == "POST":
        wanted = (request.POST.get("name", ""), request.POST.get("subject", ""))
        if wanted in {(each.name, each.subject) for each in known}:
            switch = allowances.let_go if request.POST.get("free") == "1" else allowances.hold_again
            switch(*wanted)
        return redirect(request.path)
    rows = [(each, datetime.fromtimestamp(each.last, UTC)) for each in known]
    context = {**admin.site.each_context(request), "title": _("Held back"), "rows": rows}
    return render(request, "dailyfresh_core/held_back.html", context)
