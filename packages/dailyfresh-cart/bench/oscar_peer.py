"""The same two requests on django-oscar's basket, one process, SQLite in memory: prints one line of JSON."""

import json
import statistics
import sys
import tempfile
import time

from django.conf import settings
from PIL import Image


def main(folder: str) -> None:
    import oscar
    from oscar import defaults

    settings.configure(
        **{name: getattr(defaults, name) for name in dir(defaults) if name.isupper()},
        SECRET_KEY="peer",
        ALLOWED_HOSTS=["*"],
        SITE_ID=1,
        MEDIA_ROOT=folder,
        ROOT_URLCONF="oscar_urls",
        STATIC_URL="/static/",
        MEDIA_URL="/media/",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:", "ATOMIC_REQUESTS": True}},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        HAYSTACK_CONNECTIONS={"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}},
        INSTALLED_APPS=[
            "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
            "django.contrib.messages", "django.contrib.staticfiles", "django.contrib.sites", "django.contrib.flatpages",
            "oscar.config.Shop", "oscar.apps.analytics.apps.AnalyticsConfig", "oscar.apps.checkout.apps.CheckoutConfig",
            "oscar.apps.address.apps.AddressConfig", "oscar.apps.shipping.apps.ShippingConfig",
            "oscar.apps.catalogue.apps.CatalogueConfig", "oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig",
            "oscar.apps.communication.apps.CommunicationConfig", "oscar.apps.partner.apps.PartnerConfig",
            "oscar.apps.basket.apps.BasketConfig", "oscar.apps.payment.apps.PaymentConfig", "oscar.apps.offer.apps.OfferConfig",
            "oscar.apps.order.apps.OrderConfig", "oscar.apps.customer.apps.CustomerConfig", "oscar.apps.search.apps.SearchConfig",
            "oscar.apps.voucher.apps.VoucherConfig", "oscar.apps.wishlists.apps.WishlistsConfig",
            "oscar.apps.dashboard.apps.DashboardConfig", "oscar.apps.dashboard.reports.apps.ReportsDashboardConfig",
            "oscar.apps.dashboard.users.apps.UsersDashboardConfig", "oscar.apps.dashboard.orders.apps.OrdersDashboardConfig",
            "oscar.apps.dashboard.catalogue.apps.CatalogueDashboardConfig", "oscar.apps.dashboard.offers.apps.OffersDashboardConfig",
            "oscar.apps.dashboard.partners.apps.PartnersDashboardConfig", "oscar.apps.dashboard.pages.apps.PagesDashboardConfig",
            "oscar.apps.dashboard.ranges.apps.RangesDashboardConfig", "oscar.apps.dashboard.reviews.apps.ReviewsDashboardConfig",
            "oscar.apps.dashboard.vouchers.apps.VouchersDashboardConfig",
            "oscar.apps.dashboard.communications.apps.CommunicationsDashboardConfig",
            "oscar.apps.dashboard.shipping.apps.ShippingDashboardConfig",
            "widget_tweaks", "haystack", "treebeard", "sorl.thumbnail", "django_tables2",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware", "django.contrib.flatpages.middleware.FlatpageFallbackMiddleware",
            "oscar.apps.basket.middleware.BasketMiddleware",
        ],
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": [
                "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages", "oscar.apps.search.context_processors.search_form",
                "oscar.apps.checkout.context_processors.checkout", "oscar.apps.communication.notifications.context_processors.notifications",
                "oscar.core.context_processors.metadata",
            ]},
        }],
    )  # fmt: skip
    import types

    import django

    django.setup()
    urls = types.ModuleType("oscar_urls")
    from django.apps import apps
    from django.urls import include, path

    urls.urlpatterns = [
        path("i18n/", include("django.conf.urls.i18n")),
        path("", include(apps.get_app_config("oscar").urls[0])),
    ]
    sys.modules["oscar_urls"] = urls
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import Client
    from django.urls import reverse
    from oscar.test.factories import create_product

    call_command("migrate", verbosity=0)
    products = [create_product(title=f"Volume {n}", price="10.00", num_in_stock=1_000_000) for n in range(10)]

    def put(client: Client, product: object) -> None:
        url = reverse("basket:add", kwargs={"pk": product.pk})
        assert client.post(url, {"quantity": 1}, headers={"referer": "http://testserver/"}).status_code == 302

    def shopper(name: str, lines: int) -> Client:
        client = Client()
        client.force_login(User.objects.create_user(name, f"{name}@example.com", "x"))
        for product in products[:lines]:
            put(client, product)
        return client

    adder, one, ten = shopper("adder", 9), shopper("one", 1), shopper("ten", 10)
    works = {
        "add": lambda: put(adder, products[9]),
        "page 1": lambda: one.get(reverse("basket:summary")),
        "page 10": lambda: ten.get(reverse("basket:summary")),
    }
    found: dict[str, object] = {"version": oscar.get_version()}
    for name, work in works.items():
        work()
        rates, costs = [], []
        for _round in range(5):
            began, spent = time.perf_counter(), time.process_time()
            for _ in range(5):
                work()
            rates.append(5 / (time.perf_counter() - began))
            costs.append((time.process_time() - spent) * 200)
        found[name], found[f"{name} CPU"] = statistics.median(rates), statistics.median(costs)
    print(json.dumps(found))


with tempfile.TemporaryDirectory() as folder:
    # The picture that Oscar shows where a product has none must be there to be scaled.
    Image.new("RGB", (100, 100)).save(f"{folder}/image_not_found.jpg")
    main(folder)
