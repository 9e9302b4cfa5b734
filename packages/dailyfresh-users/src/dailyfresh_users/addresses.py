"""What a checkout needs to know about addresses, and nothing of how they are kept."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from . import models
from .selectors import addresses_of

HIGHEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Address:
    """One address as other apps see it."""

    id: str
    receiver: str
    phone: str
    province_code: str
    province: str
    city: str
    district: str
    street: str
    postcode: str
    is_default: bool


def _shown(row: models.Address) -> Address:
    return Address(id=str(row.pk), **{name: getattr(row, name) for name in Address.__slots__ if name != "id"})


class AddressBook:
    """The addresses of this site's accounts, in the shape that a checkout asks for."""

    def choices(self, user: Any) -> list[Address]:
        """The account's addresses, the default first."""
        return [_shown(row) for row in addresses_of(user)]

    def get(self, user: Any, address_id: str) -> Address | None:
        """The account's own address with this id; None for somebody else's and for anything that is no id."""
        number = int(address_id) if address_id.isascii() and address_id.isdigit() and len(address_id) < 20 else 0
        if str(number) != address_id or number > HIGHEST_ID:
            return None
        row = addresses_of(user).filter(pk=number).first()
        return None if row is None else _shown(row)

    def manage_url(self, next: str) -> str:
        """The page where addresses are added and edited, with the way back."""
        return f"{reverse('dailyfresh_users:addresses')}?{urlencode({'next': next})}"
