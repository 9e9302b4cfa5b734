"""The admin's door. No other module imports it: a site need not have an admin."""

from django.contrib import admin, messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .answers import safe_next


@login_not_required
@never_cache
@require_safe
def staff_login(request: HttpRequest) -> HttpResponse:
    """The site's own login in place of the admin's, which lets guess at any speed; mount it before `admin.site.urls`."""
    back = safe_next(request) or reverse("admin:index")
    if admin.site.has_permission(request):
        return redirect(back)
    if request.user.is_authenticated:
        messages.warning(request, _("This account is not one of the staff. Sign in with one that is."))
    return redirect_to_login(back, reverse("dailyfresh_users:login"))
