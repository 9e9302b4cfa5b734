"""The user centre: overview, security, taking one's data, leaving."""

from typing import Any

from dailyfresh_core.http.answers import signed_in
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import throttles
from ..conf import conf
from ..exceptions import ErasureRefused, ExportIncomplete, Throttled
from ..forms import PasswordForm
from ..selectors import default_address, email_of, is_guest, name_of, sessions_of
from ..services import end_session, end_sessions, erase_account, export_account
from .visitors import ask_to_wait, note_session


@signed_in
@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """Who is signed in, the default address, and what the site fills in: orders and goods viewed last."""
    guest = conf.GUESTS and is_guest(request.user)
    context = {
        "name": _("Guest") if guest else name_of(request.user),
        "email": email_of(request.user),
        "address": default_address(request.user),
        "guest": guest,
    }
    return render(request, "dailyfresh_users/profile.html", context)


@signed_in
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Password, e-mail, and where the account is signed in."""
    note_session(request, request.user)
    return _security_page(request)


def _security_page(request: HttpRequest, *, status: int = 200) -> HttpResponse:
    context = {
        "email": email_of(request.user),
        "sessions": sessions_of(request.user)[:50],
        "session_key": request.session.session_key,
    }
    return render(request, "dailyfresh_users/security.html", context, status=status)


@signed_in
@require_POST
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign out one browser elsewhere."""
    end_session(session=get_object_or_404(sessions_of(request.user), pk=pk))
    messages.success(request, _("That browser was signed out."))
    return redirect("dailyfresh_users:security")


@signed_in
@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Sign out every other browser."""
    end_sessions(user=request.user, but=request.session.session_key)
    messages.success(request, _("All other browsers were signed out."))
    return redirect("dailyfresh_users:security")


@signed_in
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """One's own data as a JSON file, or the page that offers it when a part cannot be had now (503)."""
    try:
        data = export_account(user=request.user)
    except ExportIncomplete:
        messages.error(
            request, _("Part of your data cannot be reached at the moment. Please try again in a few minutes.")
        )
        return _security_page(request, status=503)
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response.headers["Content-Disposition"] = 'attachment; filename="account.json"'
    return response


@signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """Delete one's own account, with the password where it has one, for good."""
    user: Any = request.user
    kind = PasswordForm if user.has_usable_password() else Form
    form, status = kind(request.POST if request.method == "POST" else None), 200
    try:
        if request.method == "POST":
            throttles.limit("password", str(request.user.pk))
        if form.is_valid():
            if form.fields and not request.user.check_password(form.cleaned_data["password"]):
                form.add_error("password", _("That is not your password."))
            else:
                erase_account(user=request.user)
                # No user_logged_out: there is no account any more that its receivers could look at.
                request.session.flush()
                request.user = AnonymousUser()
                return render(request, "dailyfresh_users/erased.html")
    except Throttled as error:
        status = ask_to_wait(form, error)
    except ErasureRefused as error:
        form.add_error(None, str(error))
        status = 409
    return render(request, "dailyfresh_users/erase.html", {"form": form}, status=status)
