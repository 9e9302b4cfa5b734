"""The store as it is deployed, with two bare views beside its own, and nobody held back for buying all day."""

from config.settings.production import *  # noqa: F403
from config.settings.production import DAILYFRESH, DAILYFRESH_ORDERS, DATABASES
from dailyfresh_core.allowances import DEFAULTS

ROOT_URLCONF = "bench.ours.urls"
DAILYFRESH["ALLOWANCES"] = {name: (10**9, rate[1]) for name, rate in DEFAULTS.items() if rate}
DAILYFRESH_ORDERS |= {
    "OPEN_UNPAID": 10**9,
    "OPEN_ON_DELIVERY": 10**9,
    "OPEN_ON_DELIVERY_TOTAL": None,
    "PIECES": (10**9, 24),
}
DATABASES["default"]["CONN_MAX_AGE"] = None  # what serves the connection is watched
