"""Writing down that somebody is to be told; nothing is composed or sent here."""

from collections.abc import Mapping
from typing import Any

from dailyfresh_core.db.statements import insert

from ...conf import conf
from ...models import Letter, Message, MessageChoice, Order, Payment, Refund
from ...signals import messages_waiting


def tell(
    *events: str,
    order: Order | None = None,
    refund: Refund | None = None,
    payment: Payment | None = None,
    note: str = "",
) -> None:
    """Have the buyer or staff told of these events. Must be called in the transaction of what happened; one statement."""
    if not events or not conf.CHANNELS:
        return
    insert([Message(event=event, order=order, refund=refund, payment=payment, note=note) for event in events])
    messages_waiting.send(Message)


def tell_back_in_stock(*, sku_id: str, name: str, people: Mapping[Any, str]) -> None:
    """Have people told that goods are back: primary key of the account -> language that they read. In a transaction, as `tell`."""
    if not people or not conf.CHANNELS:
        return
    event = Message.Event.BACK_IN_STOCK
    Message.objects.bulk_create(
        Message(event=event, user_id=pk, language=language, sku_id=sku_id, note=name) for pk, language in people.items()
    )
    messages_waiting.send(Message)


def forget_letters(*, user: Any) -> None:
    """Drop what a person was told and chose."""
    Letter.objects.filter(user=user).delete()
    MessageChoice.objects.filter(user=user).delete()
