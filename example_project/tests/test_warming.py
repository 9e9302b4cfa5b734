"""What a process does before its first request."""

import logging
from typing import Any

import pytest
from config.wsgi import application
from django.test import override_settings
from store.warming import warm


@pytest.mark.django_db(transaction=True)
def test_a_process_asks_for_its_pages_before_anybody_else_does(caplog: Any, settings: Any) -> None:
    settings.WARM_PATHS = ["/livez", "/healthz", "/user/login/"]
    settings.SITE_URL = "http://testserver"
    with caplog.at_level(logging.WARNING):
        warm(application)
    assert caplog.records == []


@pytest.mark.django_db(transaction=True)
def test_a_page_that_fails_is_named_and_stops_nothing(caplog: Any) -> None:
    with override_settings(WARM_PATHS=["/nothing/", "/livez"], SITE_URL="http://testserver"):
        warm(application)
    assert "/nothing/ answered 404" in caplog.text
