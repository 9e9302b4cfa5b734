"""Where carts are kept, as configured."""

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from ..conf import conf
from .base import CartStore


def store() -> CartStore:
    """The store that the setting STORE names; its OPTIONS are the keyword arguments of its class."""
    wanted = conf.STORE
    try:
        backend: type[CartStore] = import_string(wanted["BACKEND"])
    except (ImportError, KeyError, AttributeError, TypeError) as error:
        raise ImproperlyConfigured(f'DAILYFRESH_CART["STORE"]["BACKEND"] is no importable class: {error}') from error
    if not (isinstance(backend, type) and issubclass(backend, CartStore)):
        raise ImproperlyConfigured(f'DAILYFRESH_CART["STORE"]["BACKEND"]: {wanted["BACKEND"]} is no CartStore')
    try:
        return backend(**wanted.get("OPTIONS", {}))
    except (AttributeError, TypeError) as error:
        raise ImproperlyConfigured(
            f'DAILYFRESH_CART["STORE"]["OPTIONS"] do not fit {wanted["BACKEND"]}: {error}'
        ) from error
