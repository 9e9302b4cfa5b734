"""A message in words: templates of the package, which a site may override, in the language of whoever reads it."""

from contextlib import suppress
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from dailyfresh_core.channels import Channel, Written
from dailyfresh_core.days import local
from dailyfresh_core.pricing.money import shown
from django.conf import settings
from django.template.loader import render_to_string, select_template
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils import formats, translation
from django.utils.translation import ngettext

from ...conf import conf
from ...joins import catalogue
from ...models import Message, Order, Payment, Refund
from ...stock import stock

FOLDER = "dailyfresh_orders/messages"


def language_of(message: Message) -> str:
    """What the message is written in: the buyer's language as they ordered or asked, the site's for staff."""
    chosen = "" if message.for_staff else message.order.language if message.order else message.language
    return chosen or settings.LANGUAGE_CODE


def words_of(message: Message) -> tuple[str, str]:
    """Subject and text in the language of the moment: the first line of the event's template, and the rest of it."""
    subject, _newline, text = (
        render_to_string(f"{FOLDER}/{message.event}.txt", context_of(message)).strip().partition("\n")
    )
    return subject.strip(), "\n".join(line.strip() for line in text.strip().splitlines())


def write(message: Message, *, user: Any, way: Channel, more: int = 0) -> Written:
    """The message for one person and channel, in the language of the moment; with it goes word of so many `more` of its kind."""
    context, (subject, text), link = context_of(message), words_of(message), link_of(message)
    if more:
        text += "\n\n" + ngettext("And %d more of these.", "And %d more of these.", more) % more
    context |= {"subject": subject, "text": text, "link": link, "user": user}
    page = select_template([f"{FOLDER}/{message.event}.html", f"{FOLDER}/mail.html"])
    return Written(
        to=way.address_of(user),
        subject=subject,
        text=f"{text}\n\n{link}\n" if link else f"{text}\n",
        html=page.render(context),
        link=link,
        kind=message.event,
        values={key: value for key, value in context.items() if isinstance(value, str)},
    )


def context_of(message: Message) -> dict[str, Any]:
    """What templates have: the rows as they are, and the words that most messages need, ready to be read."""
    order, refund = message.order, message.refund
    context: dict[str, Any] = {
        "message": message,
        "order": order,
        "refund": refund,
        "payment": message.payment,
        "note": message.note,
        "site_name": conf.SITE_NAME or urlsplit(conf.PUBLIC_URL or "").netloc,
        "amount": shown(refund.amount) if refund else "",
        "answer": refund.answer if refund else "",
        "reason": refund.reason if refund else "",
    }
    if order is not None:
        context["lines"] = lines = list(order.lines.all())
        context |= {
            "number": order.number,
            "total": shown(_came_to(message, order)),
            "receiver": order.receiver,
            "phone": order.phone,
            "when": order.when,
            "place": order.place,
            "carrier": order.carrier,
            "tracking_number": order.tracking_number,
            "first": lines[0].name if lines else "",
            "pay_until": _clock(order.expires_at) if order.state == Order.State.AWAITING_PAYMENT else "",
        }
    return context


def _came_to(message: Message, order: Order) -> Decimal:
    """What the order came to when that happened; afterwards it may be packed with less, or moved to a cheaper time."""
    # A message that is made up to be looked at has no note of its own.
    if message.event in Message.OF_AMOUNT and message.pk and message.note:
        return Decimal(message.note)
    packed_since = bool(order.settled_at and message.at and message.at < order.settled_at)
    return order.agreed if packed_since else order.payable


def _clock(at: Any) -> str:
    return formats.date_format(local(at), "DATETIME_FORMAT") if at else ""


def path_of(message: Message) -> str:
    """Where in the shop the reader goes on; "" where there is no such page."""
    try:
        return _path(message)
    except NoReverseMatch:  # a site without the admin, or without the package's pages
        return ""


def _path(message: Message) -> str:
    if not message.for_staff:
        return message.order.get_absolute_url() if message.order else _path_of_goods(message.sku_id)
    if message.event == Message.Event.DISPUTE:
        return reverse("admin:dailyfresh_orders_payment_change", args=[message.payment_id])
    if message.event == Message.Event.REFUND_ASKED:
        return reverse("admin:dailyfresh_orders_refund_change", args=[message.refund_id])
    if message.order_id:
        return reverse("admin:dailyfresh_orders_order_change", args=[message.order_id])
    return _path_of_stock()


def _path_of_stock() -> str:
    """Where the goods are that end, as far as the admin has them."""
    if conf.STOCK is not None:
        goods = stock().model._meta
        with suppress(NoReverseMatch):
            return reverse(f"admin:{goods.app_label}_{goods.model_name}_changelist")
    return reverse("admin:dailyfresh_orders_dashboard")


def _path_of_goods(sku_id: str) -> str:
    """The page of goods as the site's catalogue has it; "" when they are gone."""
    found = catalogue().find([sku_id]) if sku_id else {}
    return found[sku_id].url if sku_id in found else ""


def link_of(message: Message) -> str:
    """The same as an absolute address; "" where the site does not say its own."""
    path = path_of(message)
    # A worker's own script prefix says nothing about the site: PUBLIC_URL has it.
    return f"{conf.PUBLIC_URL.rstrip('/')}/{path.removeprefix(get_script_prefix())}" if conf.PUBLIC_URL and path else ""


def in_the_language_of(message: Message) -> Any:
    """A context in which the message is written."""
    return translation.override(language_of(message))


def example_of(event: str) -> Message | None:
    """A message of this kind to look at: the newest that was written, or one made up over the shop's newest rows; None without any."""
    told = Message.objects.select_related("order", "refund", "payment").filter(event=event).order_by("-pk").first()
    if told is not None:
        return told
    about_refund = event in (Message.Event.REFUNDED, Message.Event.REFUND_DECLINED, Message.Event.REFUND_ASKED)
    refund = Refund.objects.select_related("payment__order").order_by("-pk").first() if about_refund else None
    payment = refund.payment if refund else Payment.objects.select_related("order").order_by("-pk").first()
    order = refund.payment.order if refund else Order.objects.order_by("-pk").first()
    if order is None or (about_refund and refund is None) or (event == Message.Event.DISPUTE and payment is None):
        return None
    return Message(event=event, order=order, refund=refund, payment=payment, note="…", at=order.placed_at)
