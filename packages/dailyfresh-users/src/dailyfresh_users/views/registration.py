"""Opening an account and proving its e-mail address."""

from dailyfresh_core.db.retrying import Busy
from dailyfresh_core.http.answers import envelope, safe_next, throttled
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET

from .. import throttles
from ..conf import conf
from ..durations import in_words, wait_message
from ..exceptions import ActivationRefused, LinkForged, Throttled, UsernameTaken
from ..forms import NAME_TAKEN, EmailForm, RegistrationForm, check_username
from ..selectors import mails_are_delayed
from ..services import activate_account, leading_on, open_account, resend_activation
from ..tokens import account_to_activate
from .visitors import ask_to_wait, for_anybody, home_url, site_origin, visitor_subject

SENT_TO = "_dailyfresh_users_sent_to"


@for_anybody
@sensitive_post_parameters("password1", "password2")
def register(request: HttpRequest) -> HttpResponse:
    """A new account; the answer is the same whether or not somebody has that e-mail address."""
    if not conf.REGISTRATION:
        raise Http404
    if request.user.is_authenticated:
        return redirect(safe_next(request, default=home_url()))
    form, status, way_on = RegistrationForm(request.POST or None), 200, safe_next(request)
    try:
        if request.method == "POST":
            throttles.limit("register", visitor_subject(request))
        if form.is_valid():
            email = form.cleaned_data["email"]
            throttles.limit_mail(subject=visitor_subject(request), kind="registration", email=email)
            open_account(
                username=form.cleaned_data["username"],
                email=email,
                password=form.cleaned_data["password1"],
                origin=site_origin(request),
                next=way_on,
            )
            return _sent(request, email)
    except UsernameTaken:
        form.add_error("username", NAME_TAKEN)
    except Throttled as error:
        status = ask_to_wait(form, error)
    return render(request, "dailyfresh_users/register.html", {"form": form, "next": way_on}, status=status)


def _sent(request: HttpRequest, email: str) -> HttpResponse:
    """To the page that says where the mail went, with the way on."""
    request.session[SENT_TO] = email
    return redirect(leading_on(reverse("dailyfresh_users:resend"), safe_next(request)))


@login_not_required
@require_GET
def name_check(request: HttpRequest) -> HttpResponse:
    """Whether a user name can still be had (AJAX GET `username`)."""
    try:
        throttles.limit("name_check", visitor_subject(request))
    except Throttled as error:
        return throttled(error.retry_after, wait_message(error.retry_after))
    try:
        check_username(request.GET.get("username", "")[:200])
    except ValidationError as error:
        return envelope({"available": False}, code=error.code or "invalid", message=error.messages[0])
    return envelope({"available": True})


@for_anybody
@transaction.non_atomic_requests  # a deadlock cannot be tried again inside a transaction
def activate(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail: looking at it changes nothing, its button activates."""
    try:
        if request.method == "POST":
            user = activate_account(token=token)
            context = {"username": user.get_username(), "next": user.dailyfresh_registration.next}
            return render(request, "dailyfresh_users/activated.html", context)
        user = account_to_activate(token)
    except Busy:
        response = render(request, "dailyfresh_users/activate.html", {"busy": True}, status=503)
        response.headers["Retry-After"] = "5"
        return response
    except ActivationRefused as error:
        status = 400 if isinstance(error, LinkForged) else 410
        context = {"why": error.why, "form": EmailForm(), "valid": in_words(conf.ACTIVATION_AGE)}
        return render(request, "dailyfresh_users/activation_failed.html", context, status=status)
    return render(request, "dailyfresh_users/activate.html", {"username": user.get_username()})


@for_anybody
def resend(request: HttpRequest) -> HttpResponse:
    """Another activation mail, and the page that says where the last one went."""
    form, status = EmailForm(request.POST or None), 200
    try:
        if form.is_valid():
            resend_activation(**form.cleaned_data, subject=visitor_subject(request), origin=site_origin(request))
            return _sent(request, form.cleaned_data["email"])
    except Throttled as error:
        status = ask_to_wait(form, error)
    context = {
        "form": form,
        "email": "" if "change" in request.GET or form.is_bound else request.session.get(SENT_TO, ""),
        "valid": in_words(conf.ACTIVATION_AGE),
        "delayed": mails_are_delayed(),
        "wait": throttles.BETWEEN_MAILS,
        "next": safe_next(request),
    }
    return render(request, "dailyfresh_users/activation_sent.html", context, status=status)
