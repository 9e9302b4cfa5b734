"""What every host's test needs: a browser on the running site, and the way from a product to an order."""

from typing import Any

import pytest
from browser import Browser, Page
from django.core.management import call_command

ADDRESS = {
    "receiver": "Molly Bloom",
    "phone": "13800136021",
    "province": "11",
    "city": "1101",
    "district_code": "110108",
    "street": "7 Eccles Street",
    "postcode": "100190",
}
"""What the address form of dailyfresh-users asks for."""


@pytest.fixture
def browser(live_server: Any) -> Browser:
    return Browser(live_server.url)


@pytest.fixture
def sound(db: None) -> None:
    """The site has nothing to mend, as `check` and `makemigrations` see it."""
    call_command("check", fail_level="WARNING", databases=["default"])
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def fits(*sku_ids: str, user: str) -> None:
    """The site's joins fit, on the goods that are about to be bought."""
    call_command("dailyfresh_check_joins", sku=list(sku_ids), user=user)


def checkout(browser: Browser, *sku_ids: object) -> Page:
    """Puts goods into the cart by the page that works without a script, and goes to the checkout."""
    for sku_id in sku_ids:
        added = browser.get(f"/cart/add/{sku_id}/").submit("/cart/add/", quantity=2)
        assert added.status == 200, added.text[:2000]
    return browser.get("/cart/").submit("/cart/update/", action="checkout")
