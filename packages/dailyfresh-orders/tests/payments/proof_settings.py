"""The mini-site taking Alipay at the simulator whose address and keys the environment names."""

import os

from alipay_simulator.keys import ALIPAY_PUBLIC, APP_ID, APP_PRIVATE, SELLER_ID
from minisite.settings import *  # noqa: F403
from minisite.settings import DAILYFRESH_ORDERS

FOLDER = os.environ["SIMULATOR_DIR"]
DAILYFRESH_ORDERS = {
    **DAILYFRESH_ORDERS,
    "TASKS": "celery",  # nothing is drained but by the proof itself: a lost wake-up call must cost nothing but time
    "ALLOW_LOOPBACK_SIMULATOR": True,
    "PUBLIC_URL": "http://127.0.0.1:9",
    "GATEWAYS": {
        "alipay": {
            "BACKEND": "dailyfresh_orders.gateways.alipay.AlipayGateway",
            "OPTIONS": {
                "app_id": APP_ID,
                "seller_id": SELLER_ID,
                "app_private_key_file": f"{FOLDER}/{APP_PRIVATE}",
                "alipay_public_key_file": f"{FOLDER}/{ALIPAY_PUBLIC}",
                "server_url": os.environ["SIMULATOR_URL"],
                "deadline": 2.0,
            },
        },
        "cod": {"BACKEND": "dailyfresh_orders.gateways.cod.CashOnDelivery"},
    },
}
# Where Celery without an app of its own looks; else each call waits for a broker.
os.environ["CELERY_BROKER_URL"] = "memory://"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
