"""The packages, and how they meet: which one answers what another one asks."""

from django.utils.translation import gettext_lazy

from .environment import ALIPAY_APP_ID, ALIPAY_URL, SITE_URL, VAR_DIR, env

HAYSTACK_CONNECTIONS = {
    "default": {
        "ENGINE": "dailyfresh_goods.search.engines.whoosh.Engine",
        "PATH": str(VAR_DIR / "whoosh"),
    },
}
HAYSTACK_LIMIT_TO_REGISTERED_MODELS = False  # one model: the filter would cost a third query every time

# Behind a proxy all visitors come from one address: they would share one throttle, and count as one who searches.
DAILYFRESH = {
    "SITE_NAME": gettext_lazy("Daily Fresh"),
    "TRUSTED_PROXIES": env.list("TRUSTED_PROXIES", default=[]),
}
DAILYFRESH_USERS = {
    "SITE_URL": SITE_URL,
    "TERMS_URL": "store:terms",
    "PRIVACY_URL": "store:privacy",
    "LOGOUT_REDIRECT": "dailyfresh_goods:home",
    "GUESTS": True,
}
DAILYFRESH_GOODS = {
    "SITE_URL": SITE_URL,
    "BUY_URL": "dailyfresh_orders:confirm",
    "RATINGS": "store.ratings.Ratings",
    "PICTURE_HOSTS": env.list("PICTURE_HOSTS", default=[]),
    "HISTORY": {"BACKEND": "dailyfresh_goods.history.redis.RedisHistory", "OPTIONS": {"alias": "cart"}},
    "SEARCH_POPULAR": {"BACKEND": "dailyfresh_goods.search.popular.RedisPopular"},
}
DAILYFRESH_CART = {
    "CATALOGUE": "dailyfresh_goods.catalogue.Catalogue",
    "PROMOTIONS": "dailyfresh_promotions.offers.Promotions",
    "FIRST_ORDER": "dailyfresh_orders.checkout.offers.first_order",
    "CHECKOUT_URL": "dailyfresh_orders:confirm",
    "SHOP_URL": "dailyfresh_goods:home",
    "FREE_DELIVERY": "dailyfresh_delivery.showing.free_from",
}
DAILYFRESH_ORDERS = {
    "PUBLIC_URL": SITE_URL,
    "FIND_ORDERS": True,
    "CATALOGUE": "dailyfresh_goods.catalogue.Catalogue",
    "BASKET": "dailyfresh_cart.basket.Basket",
    "ADDRESS_BOOK": "dailyfresh_users.addresses.AddressBook",
    "PROMOTIONS": "dailyfresh_promotions.offers.Promotions",
    "STOCK": {
        "BACKEND": "dailyfresh_orders.stock.conditional.ConditionalStock",
        "OPTIONS": {
            "model": "dailyfresh_goods.SKU",
            "stock_field": "stock",
            "sales_field": "sales",
            "available_filter": {"on_sale": True},
            "least_field": "minimum",
        },
    },
    "INVOICE_TITLES": 10,
    "HELD_SHARE": 0.5,
    "RETURN_AT_ONCE": "30.00",
    "DELIVERY": "dailyfresh_delivery.windows.Delivery",
    "GATEWAYS": {"cod": {"BACKEND": "dailyfresh_orders.gateways.cod.CashOnDelivery"}},
}
DAILYFRESH_DELIVERY = {
    "ORDERS": "dailyfresh_orders.deliveries.Orders",
    "ADDRESS_BOOK": "dailyfresh_users.addresses.AddressBook",
}
DAILYFRESH_PROMOTIONS = {
    "CATALOGUE": "dailyfresh_goods.catalogue.Catalogue",
    "MEMBERS": "store.members.is_member",
    "GOODS_URL": "store.offers.goods_url",
    "SHOP_URL": "dailyfresh_goods:home",
}
if ALIPAY_APP_ID:
    alipay = {
        "BACKEND": "dailyfresh_orders.gateways.alipay.AlipayGateway",
        "OPTIONS": {
            "app_id": ALIPAY_APP_ID,
            "seller_id": env("ALIPAY_SELLER_ID"),
            "app_private_key_file": env("ALIPAY_APP_PRIVATE_KEY_FILE"),
            "alipay_public_key_file": env("ALIPAY_PUBLIC_KEY_FILE"),
            "server_url": ALIPAY_URL,
        },
    }
    DAILYFRESH_ORDERS["GATEWAYS"] = {"alipay": alipay, **DAILYFRESH_ORDERS["GATEWAYS"]}
