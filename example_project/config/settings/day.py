"""The store for a day in its life (`python -m chaos.day`): paid at a till on paper, packed, and nothing woken by a broker."""

from .tests import *  # noqa: F403
from .tests import DAILYFRESH, DAILYFRESH_ORDERS, VAR_DIR  # type: ignore[attr-defined]

DAILYFRESH["TASKS"] = "inline"
DAILYFRESH_ORDERS = {
    **DAILYFRESH_ORDERS,
    "PROMOTIONS": None,
    "BASKET": None,
    "CHANNELS": {},
    "OPEN_UNPAID": None,
    "OPEN_ON_DELIVERY": None,
    "OPEN_ON_DELIVERY_TOTAL": None,
    "PIECES": None,
    "HELD_SHARE": None,
    "RETURN_AT_ONCE": "15.00",
    "RETURNS_A_MONTH": 2,
    "GATEWAYS": {
        "till": {"BACKEND": "chaos.till.Till", "OPTIONS": {"file": str(VAR_DIR / "till.txt")}},
        "cod": {"BACKEND": "dailyfresh_orders.gateways.cod.CashOnDelivery"},
    },
}
