"""Signing in and out."""

from functools import partial
from typing import Any
from uuid import uuid4

from dailyfresh_core.http.answers import cookie_like_session, envelope, safe_next, too_often
from django.contrib import admin, auth, messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_safe

from ..conf import conf
from ..exceptions import AccountDisabled, NotActivated, SignInRefused, Throttled
from ..forms import GuestForm, LoginForm
from ..selectors import name_of
from ..services import check_credentials, guests_have_mail, join_guest, open_guest
from .visitors import ask_to_wait, backend_of, for_anybody, home_url, visitor_subject

DEVICE_COOKIE = "dailyfresh_users_device"
DEVICE_AGE = 365 * 24 * 60 * 60


@for_anybody
@sensitive_post_parameters("password")
def login(request: HttpRequest) -> HttpResponse:
    """Sign in by user name or e-mail; somebody signed in sees the page too, so that no redirect can loop."""
    form, status, refused = LoginForm(request.POST or None), 200, ""
    if form.is_valid():
        try:
            user = check_credentials(
                identifier=form.cleaned_data["username"],
                password=form.cleaned_data["password"],
                subject=visitor_subject(request),
                device=request.get_signed_cookie(DEVICE_COOKIE, "", salt=DEVICE_COOKIE, max_age=DEVICE_AGE) or "",
                authenticate=partial(auth.authenticate, request),
            )
        except Throttled as error:
            status = ask_to_wait(form, error)
        except NotActivated:
            refused = "pending"
        except AccountDisabled:
            refused = "disabled"
        except SignInRefused:
            refused = "wrong"
        else:
            return _signed_in(request, user, remember=form.cleaned_data["remember"])
    return _ask(request, form, refused=refused, status=status)


def _ask(
    request: HttpRequest, form: LoginForm, *, guest: GuestForm | None = None, refused: str = "", status: int = 200
) -> HttpResponse:
    """The page with both doors: that of an account and, where somebody wants to go on, that of a guest."""
    leads_on = safe_next(request)
    guests = conf.GUESTS and leads_on and not request.user.is_authenticated
    context = {
        "form": form,
        "refused": refused,
        "next": leads_on,
        "open": conf.REGISTRATION,
        "guests": guests,
        "guest_form": (guest or GuestForm()) if guests and guests_have_mail() else None,
        "name": name_of(request.user) if request.user.is_authenticated else "",
    }
    return render(request, "dailyfresh_users/login.html", context, status=status)


@for_anybody
def guest(request: HttpRequest) -> HttpResponse:
    """Go on without an account, by POST, where the setting GUESTS allows it; somebody signed in just goes on."""
    if not conf.GUESTS:
        raise Http404
    if request.method != "POST":
        return redirect_to_login(safe_next(request) or home_url(), reverse("dailyfresh_users:login"))
    if request.user.is_authenticated:
        return redirect(safe_next(request, default=home_url()))
    form = GuestForm(request.POST)
    if not form.is_valid():
        return _ask(request, LoginForm(), guest=form)
    try:
        user = open_guest(subject=visitor_subject(request), email=form.cleaned_data["email"])
    except Throttled as error:
        return too_often(request, error.retry_after)
    return _signed_in(request, user, remember=True)


def _signed_in(request: HttpRequest, user: Any, *, remember: bool) -> HttpResponse:
    before = request.user
    if before.is_authenticated:
        auth.logout(request)
    # Before login(): it renews the key and tells the receivers, who note when the session ends.
    request.session.set_expiry(conf.REMEMBER_AGE if remember else 0)
    auth.login(request, user, backend=getattr(user, "backend", None) or backend_of(user))
    join_guest(guest=before, user=user)
    response = redirect(safe_next(request, default=home_url()))
    response.set_signed_cookie(
        DEVICE_COOKIE,
        f"{request.user.pk}:{uuid4().hex}",
        salt=DEVICE_COOKIE,
        max_age=DEVICE_AGE,
        **cookie_like_session(),
    )
    return response


@for_anybody
def logout(request: HttpRequest) -> HttpResponse:
    """Sign out by POST; GET asks, because static pages can only link here."""
    if request.method != "POST":
        return render(request, "dailyfresh_users/logout.html")
    auth.logout(request)
    return redirect(safe_next(request) or resolve_url(conf.LOGOUT_REDIRECT))


@login_not_required
@never_cache
@require_safe
def staff_login(request: HttpRequest) -> HttpResponse:
    """The same door in place of the admin's, which lets guess at any speed; mount it before `admin.site.urls`."""
    back = safe_next(request) or reverse("admin:index")
    if admin.site.has_permission(request):
        return redirect(back)
    if request.user.is_authenticated:
        messages.warning(request, _("This account is not one of the staff. Sign in with one that is."))
    return redirect_to_login(back, reverse("dailyfresh_users:login"))


def visitor_data(request: HttpRequest) -> dict[str, object]:
    """What pages that are the same for everybody fill in about the visitor."""
    user = request.user
    return {"user": {"signed_in": user.is_authenticated, "name": name_of(user) if user.is_authenticated else ""}}


@login_not_required
@never_cache
@require_GET
def visitor(request: HttpRequest) -> HttpResponse:
    """`visitor_data` in the envelope, for a site that composes no visitor request of its own."""
    return envelope(visitor_data(request))
