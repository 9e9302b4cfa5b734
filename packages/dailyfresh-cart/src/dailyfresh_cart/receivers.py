"""What the cart does when others act: merge at sign-in, forget a deleted user."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.http import HttpRequest

from .owners import guest_of, merge_guest
from .stores import store
from .stores.base import user_owner


@receiver(user_logged_in, dispatch_uid="dailyfresh_cart.merge_at_sign_in")
def merge_at_sign_in(user: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
    """The guest's cart goes into the user's; signing in never fails for it."""
    # `request` is None where a script signs somebody in.
    if request is not None and (guest := guest_of(request)):
        merge_guest(request, guest, user)


@receiver(post_delete, sender=get_user_model(), dispatch_uid="dailyfresh_cart.forget_deleted")
def forget_deleted(instance: Any, **kwargs: Any) -> None:
    """No cart outlives its user."""
    if not store().in_session:
        owner = user_owner(instance)
        transaction.on_commit(lambda: store().drop(owner), robust=True)
