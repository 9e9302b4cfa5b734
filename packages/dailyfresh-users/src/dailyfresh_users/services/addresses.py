"""Writing addresses. Every change locks the account's row first: one default, at most ADDRESS_LIMIT, no deadlock."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet

from .. import areas
from ..conf import conf
from ..exceptions import TooManyAddresses
from ..models import Address
from ..signals import address_changed


def _current(user: Any) -> QuerySet[Address]:
    """The account's addresses as they are now: under REPEATABLE READ a plain read shows what the request saw first."""
    return Address.objects.select_for_update().filter(user=user)


def _lock(user: Any) -> None:
    accounts: Any = get_user_model()._default_manager
    list(accounts.select_for_update().filter(pk=user.pk).order_by().values_list("pk"))


def _fill(address: Address, values: Mapping[str, Any]) -> None:
    """Take receiver, phone, street, postcode, and district_code with all that lies above it."""
    area = areas.district(values["district_code"])
    if area is None:
        raise ValueError(f"no district {values['district_code']!r}")
    for name in ("receiver", "phone", "street", "postcode"):
        setattr(address, name, values[name])
    for name in ("province_code", "city_code", "district_code", "province", "city", "district"):
        setattr(address, name, getattr(area, name))


def _move_default(user: Any, address: Address) -> None:
    mine = Address.objects.filter(user=user)
    mine.filter(default_slot=1).exclude(pk=address.pk).update(default_slot=None)
    mine.filter(pk=address.pk).update(default_slot=1)
    address.default_slot = 1


def _tell(user: Any, address_id: int) -> None:
    address_changed.send(sender=Address, user=user, address_id=str(address_id))


@transaction.atomic
def add_address(*, user: Any, values: Mapping[str, Any], make_default: bool = False) -> Address:
    """Keep one more address; the first becomes the default. Raises TooManyAddresses."""
    _lock(user)
    known = len(_current(user).values_list("pk"))
    if known >= conf.ADDRESS_LIMIT:
        raise TooManyAddresses
    address = Address(user=user)
    _fill(address, values)
    address.save()
    if make_default or not known:
        _move_default(user, address)
    _tell(user, address.pk)
    return address


@transaction.atomic
def edit_address(*, address: Address, values: Mapping[str, Any], make_default: bool = False) -> None:
    """Write an address anew; it stays the default if it was. Raises Address.DoesNotExist when it is gone meanwhile."""
    _lock(address.user)
    current = _current(address.user).get(pk=address.pk)
    _fill(current, values)
    current.save()
    if make_default:
        _move_default(current.user, current)
    _tell(current.user, current.pk)


@transaction.atomic
def set_default_address(*, address: Address) -> None:
    """Make the checkout offer this address first. Raises Address.DoesNotExist when it is gone meanwhile."""
    _lock(address.user)
    _move_default(address.user, _current(address.user).get(pk=address.pk))
    _tell(address.user, address.pk)


@transaction.atomic
def delete_address(*, address: Address) -> None:
    """Delete an address; the one used last takes over as the default."""
    _lock(address.user)
    pk = address.pk
    current = _current(address.user).filter(pk=pk).first()
    if current is None:
        return
    current.delete()
    heir = _current(address.user).order_by("-updated_at", "-pk").first()
    if current.is_default and heir is not None:
        _move_default(address.user, heir)
    _tell(address.user, pk)


@transaction.atomic
def move_addresses(*, giver: Any, user: Any) -> None:
    """Give one account's addresses to another, which keeps its default; where it has none, the one used last becomes it."""
    _lock(user)
    Address.objects.filter(user=giver).update(user=user, default_slot=None)
    current = _current(user)
    if not current.filter(default_slot=1).exists() and (last := current.order_by("-updated_at", "-pk").first()):
        _move_default(user, last)
