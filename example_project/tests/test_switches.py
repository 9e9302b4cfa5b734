"""What makes requests cheap is switched on where the store is deployed, and said where it is not."""

from typing import Any

import pytest
from deploy.checks import check_switches
from django.db import connection


def test_each_switch_that_is_off_is_named_with_what_turns_it_on(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "PAGES": None}
    found = check_switches()
    assert [each.id for each in found] == ["deploy.W001", "deploy.W002", "deploy.W003"]
    assert all(
        word in (each.hint or "") for word, each in zip(("CONN_MAX_AGE", "store.sessions", "PAGES"), found, strict=True)
    )
