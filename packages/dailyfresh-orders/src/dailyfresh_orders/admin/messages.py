"""What people were told, and how it reads: letters are sent again, templates looked at; nothing is written by hand."""

from collections.abc import Sequence
from typing import Any

from dailyfresh_core.admin.lists import ReadOnly
from dailyfresh_core.admin.shop import ShopAdmin
from dailyfresh_core.channels import MailChannel
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..models import Letter, Message, Order
from ..services import example_of, send_again, write
from .named import ChannelFilter, channel_named

IN_A_SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
"""The policy of a mail as a page of its own: it may have the inline styles that mails need, and do nothing."""


@admin.register(Letter)
class LetterAdmin(ReadOnly, ShopAdmin):
    change_list_template = "admin/dailyfresh_orders/letter/change_list.html"
    list_display = ("event", "order", "user", "by", "asked_at", "sent_at", "read_at", "due_at", "attempts", "error")
    list_filter = ("message__event", ("channel", ChannelFilter), ("sent_at", admin.EmptyFieldListFilter))
    list_select_related = ("message__order", "user")
    search_fields = ("=message__order__number",)
    ordering = ("-pk",)
    show_full_result_count = False
    actions = ("send_again",)

    def own_urls(self) -> Sequence[URLPattern]:
        return (
            self.page_at("preview/", self.preview_view, "dailyfresh_orders_preview"),
            self.page_at("preview/page/", self.page_view, "dailyfresh_orders_preview_page"),
        )

    @admin.display(description=gettext_lazy("event"), ordering="message__event")
    def event(self, letter: Letter) -> str:
        return letter.message.get_event_display()

    @admin.display(description=gettext_lazy("order"))
    def order(self, letter: Letter) -> Order | None:
        return letter.message.order

    @admin.display(description=gettext_lazy("channel"), ordering="channel")
    def by(self, letter: Letter) -> str:
        return channel_named(letter.channel)

    @admin.display(description=gettext_lazy("asked for"), ordering="message__at")
    def asked_at(self, letter: Letter) -> Any:
        return letter.message.at

    def has_send_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("dailyfresh_orders.change_letter"))

    @admin.action(description=gettext_lazy("Send the selected letters that did not arrive"), permissions=["send"])
    def send_again(self, request: HttpRequest, chosen: "QuerySet[Letter]") -> None:
        again = sum(map(send_again, chosen))
        said = ngettext("%(n)d letter will be sent again.", "%(n)d letters will be sent again.", again)
        messages.success(request, said % {"n": again})

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """How each message reads, in every language of the site, filled with what the shop has."""
        message, language = self._asked(request)
        written = None
        if message is not None:
            with translation.override(language):
                written = write(message, user=request.user, way=MailChannel())
        context = {
            "events": Message.Event.choices,
            "languages": settings.LANGUAGES,
            "event": request.GET.get("event", Message.Event.PLACED),
            "language": language,
            "written": written,
            "query": request.GET.urlencode(),
        }
        return self.page(request, "admin/dailyfresh_orders/letter/preview.html", _("How messages read"), **context)

    def page_view(self, request: HttpRequest) -> HttpResponse:
        """The same message as a mail program shows it."""
        message, language = self._asked(request)
        if message is None:
            raise Http404
        with translation.override(language):
            response = HttpResponse(write(message, user=request.user, way=MailChannel()).html)
        response["Content-Security-Policy"] = IN_A_SANDBOX
        return response

    def _asked(self, request: HttpRequest) -> tuple[Message | None, str]:
        event, language = request.GET.get("event", Message.Event.PLACED), request.GET.get("language", "")
        if event not in Message.Event:
            raise Http404
        return example_of(event), language if language in dict(settings.LANGUAGES) else translation.get_language()
