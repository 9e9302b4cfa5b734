import subprocess
import sys
from importlib.util import find_spec

import pytest
from conftest import checkout, fits
from dailyfresh_orders.models import Order
from dailyfresh_promotions.models import Rule
from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from .models import Download

PACKAGES = ("dailyfresh_orders", "dailyfresh_promotions", "dailyfresh_cart")


@pytest.mark.django_db(transaction=True)
def test_a_song_is_bought_paid_at_the_sites_own_till_and_heard(browser, sound):
    User.objects.create_superuser("molly", password="penelope-18")
    song = Download.objects.create(name="Love's Old Sweet Song", price="1.20")
    Rule.objects.create(name="songs", label="Two for two", kind="off", params={"tiers": [["2.40", "0.40"]]})
    fits(str(song.pk), user="molly")

    page = checkout(browser, song.pk).submit("/admin/login/", username="molly", password="penelope-18")
    assert "€2.40" in page.text
    assert "Two for two" in page.text
    assert "Where to" not in page.text
    assert browser.open(f"/songs/{song.pk}/").status == 404
    waiting = page.submit("/orders/place/", payment_method="till")
    till = waiting.submit("/orders/pay/")
    assert till.path == "/till/"
    assert till.submit("/orders/pay/till/notify/").status == 200

    order = Order.objects.get()
    assert (order.state, order.currency, str(order.total), order.street) == ("received", "EUR", "2.00", "")
    assert "the file of Love" in browser.get(f"/songs/{song.pk}/").text
    assert "It is yours." in browser.get(order.get_absolute_url()).text


def test_no_extra_came_along():
    """What a site installs that asked for none: the other hosts' libraries are in this environment too, but not these."""
    assert [name for name in ("celery", "redis", "django_redis", "alipay", "haystack") if find_spec(name)] == []


@pytest.mark.django_db(transaction=True)
def test_the_packages_can_be_taken_out_again_as_their_readmes_say():
    for app in PACKAGES:
        create_permissions(apps.get_app_config(app), verbosity=0)
    Group.objects.create(name="shop").permissions.set(Permission.objects.all())
    for app in PACKAGES:
        call_command("migrate", app, "zero", verbosity=0)
    assert [table for table in connection.introspection.table_names() if table.startswith("dailyfresh")] == []
    assert [app for app, _name in MigrationRecorder(connection).applied_migrations() if app in PACKAGES] == []
    program = (
        "from django.conf import settings; import downloads_site.settings as s;"
        "s.INSTALLED_APPS = [app for app in s.INSTALLED_APPS if not app.startswith('dailyfresh')]; s.ROOT_URLCONF = 'downloads_site.without';"
        f"s.DATABASES['default']['NAME'] = {str(connection.settings_dict['NAME'])!r};"
        "import django; django.setup(); from django.core.management import call_command;"
        "call_command('check', fail_level='WARNING');"
        "call_command('remove_stale_contenttypes', include_stale_apps=True, interactive=False)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not ContentType.objects.filter(app_label__in=PACKAGES).exists()
    assert not Permission.objects.filter(content_type__app_label__in=PACKAGES).exists()
    for app in reversed(PACKAGES):
        call_command("migrate", app, verbosity=0)
