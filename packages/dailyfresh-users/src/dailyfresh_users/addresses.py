"""What a checkout needs to know about addresses, and nothing of how they are kept."""

from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from dailyfresh_core.db.statements import SOMEBODY, Made, stored
from django.urls import reverse

from . import models
from .selectors import addresses_of


@dataclass(frozen=True, slots=True)
class Address:
    """One address as other apps see it."""

    id: str
    receiver: str
    phone: str
    province_code: str
    district_code: str
    province: str
    city: str
    district: str
    street: str
    postcode: str
    is_default: bool


@cache
def _of_one() -> Made:
    """The statement for one account's: every cart and order asks for them, and to make it takes longer than to ask it."""
    return Made(addresses_of(SOMEBODY), stored(models.Address, "user", SOMEBODY))


class AddressBook:
    """The addresses of this site's accounts, in the shape that a checkout asks for."""

    def choices(self, user: Any) -> list[Address]:
        """The account's addresses, the default first."""
        names = [name for name in Address.__slots__ if name != "id"]
        rows = _of_one()(stored(models.Address, "user", user.pk))
        return [Address(id=str(row.pk), **{name: getattr(row, name) for name in names}) for row in rows]

    def get(self, user: Any, address_id: str) -> Address | None:
        """The account's own address with this id; None for somebody else's and for anything that is no id."""
        return next((address for address in self.choices(user) if address.id == address_id), None)

    def manage_url(self, next: str) -> str:
        """The page where addresses are added and edited, with the way back."""
        return _with_next(reverse("dailyfresh_users:addresses"), next)

    def edit_url(self, address_id: str, next: str) -> str:
        """The page where one address is edited, with the way back."""
        return _with_next(reverse("dailyfresh_users:address_edit", args=[address_id]), next)


def _with_next(path: str, next: str) -> str:
    return f"{path}?{urlencode({'next': next})}"
