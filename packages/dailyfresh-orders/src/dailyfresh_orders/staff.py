"""Who of the staff is told of what."""

from typing import Any

from django.contrib.auth import get_permission_codename, get_user_model

from .conf import conf
from .models import Message
from .stock import stock


def permission_for(event: str) -> str:
    """What those of the staff may do who are told of the event: of goods that end, change them where they are stocked."""
    if event == Message.Event.LOW_STOCK and conf.STOCK is not None:
        goods = stock().model._meta
        return f"{goods.app_label}.{get_permission_codename('change', goods)}"
    return Message.STAFF[Message.Event(event)]


def staff_for(event: str) -> list[Any]:
    """Who works here and may do something about the event."""
    needed = permission_for(event)
    everybody = get_user_model()._default_manager.filter(is_staff=True, is_active=True)
    return [user for user in everybody if user.has_perm(needed)]


def events_for(user: Any) -> list[str]:
    """The events that this account may hear of: those of its orders, and of the work that its permissions are for."""
    return [
        event.value
        for event in Message.Event
        if event not in Message.STAFF or (user.is_staff and user.has_perm(permission_for(event)))
    ]
