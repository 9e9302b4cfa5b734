"""New passwords."""

from typing import Any

from dailyfresh_core.http.answers import safe_next, signed_in
from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from .. import throttles
from ..durations import in_words
from ..exceptions import Throttled
from ..forms import EmailForm, NewPasswordForm, PasswordChangeForm
from ..services import end_sessions, leading_on, request_password_reset
from .visitors import ask_to_wait, backend_of, for_anybody, home_url, note_session, site_origin, visitor_subject


@signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password_change(request: HttpRequest) -> HttpResponse:
    """A new password for who knows the old one; every other browser is signed out."""
    form, status = PasswordChangeForm(request.user, request.POST or None), 200
    try:
        if request.method == "POST":
            throttles.limit("password", str(request.user.pk))
        if form.is_valid():
            user = form.save()
            end_sessions(user=user, but=request.session.session_key)
            update_session_auth_hash(request, user)
            note_session(request, user)
            return redirect("dailyfresh_users:password_change_done")
    except Throttled as error:
        status = ask_to_wait(form, error)
    return render(request, "dailyfresh_users/password_change.html", {"form": form}, status=status)


@signed_in
@require_safe
def password_change_done(request: HttpRequest) -> HttpResponse:
    """The password was changed."""
    return render(request, "dailyfresh_users/password_change_done.html")


@for_anybody
def password_reset(request: HttpRequest) -> HttpResponse:
    """A link to set a new password; the answer is the same whether or not an account has the address."""
    form, status, way_on = EmailForm(request.POST or None), 200, safe_next(request)
    try:
        if form.is_valid():
            request_password_reset(
                **form.cleaned_data, subject=visitor_subject(request), origin=site_origin(request), next=way_on
            )
            return redirect(leading_on(reverse("dailyfresh_users:password_reset_done"), way_on))
    except Throttled as error:
        status = ask_to_wait(form, error)
    context = {"form": form, "valid": in_words(settings.PASSWORD_RESET_TIMEOUT), "next": way_on}
    return render(request, "dailyfresh_users/password_reset.html", context, status=status)


@login_not_required
@require_safe
def password_reset_done(request: HttpRequest) -> HttpResponse:
    """The mail is on its way, if there is an account."""
    return render(request, "dailyfresh_users/password_reset_done.html", {"next": safe_next(request)})


@method_decorator(login_not_required, name="dispatch")
class PasswordResetConfirm(auth_views.PasswordResetConfirmView):
    """The link of the reset mail: a new password, signed in here, signed out everywhere else, and on to where its owner was going."""

    form_class = NewPasswordForm
    template_name = "dailyfresh_users/password_reset_confirm.html"
    success_url = reverse_lazy("dailyfresh_users:password_reset_complete")

    def dispatch(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Whoever opens the link is led to the form, which has an address without its token: the way on goes along."""
        response: HttpResponseBase = super().dispatch(*args, **kwargs)
        if self.request.method != "POST" and response.has_header("Location"):
            response["Location"] = leading_on(response["Location"], safe_next(self.request))
        return response

    def get_success_url(self) -> str:
        return leading_on(super().get_success_url(), safe_next(self.request))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"next": safe_next(self.request)}

    def get_user(self, uidb64: str) -> Any:
        """The account of the link; disabled ones get no new password."""
        user = super().get_user(uidb64)
        return user if user is not None and user.is_active else None

    def form_valid(self, form: Any) -> HttpResponse:
        """Save, end every session of the account, sign in here."""
        response = super().form_valid(form)
        user: Any = self.user
        end_sessions(user=user)
        for who in (visitor_subject(self.request), throttles.ANYBODY):
            throttles.forgive(f"{user.pk}|{who}")
        if self.request.user.is_authenticated:
            auth.logout(self.request)
        auth.login(self.request, user, backend=backend_of(user))
        messages.success(self.request, _("Your new password is saved. Other browsers were signed out."))
        return response


@login_not_required
@require_safe
def password_reset_complete(request: HttpRequest) -> HttpResponse:
    """The password was set: on to where its owner was going, by way of the login where the browser was refused a session."""
    if request.user.is_authenticated:
        return redirect(safe_next(request, default=home_url()))
    return redirect(leading_on(reverse("dailyfresh_users:login"), safe_next(request)))
