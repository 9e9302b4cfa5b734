"""The mailbox of the demo."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from .mail import body, mail, mails


@never_cache
@login_not_required
@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    """All mails that the store has sent, the newest first."""
    return render(request, "demo/mails.html", {"mails": mails()})


@never_cache
@login_not_required
@require_safe
def mail_detail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail as text, its links clickable."""
    message = mail(name)
    if message is None:
        raise Http404(name)
    context = {"name": name, "mail": message, "text": body(message, "plain"), "html": body(message, "html") is not None}
    return render(request, "demo/mail.html", context)


@never_cache
@login_not_required
@require_safe
@xframe_options_sameorigin
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """One mail as it looks in a mail program: in a sandbox, with the inline styles that mails need."""
    message = mail(name)
    html = message and body(message, "html")
    if not html:
        raise Http404(name)
    response = HttpResponse(html)
    response["Content-Security-Policy"] = (
        "sandbox allow-popups allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'"
    )
    return response
