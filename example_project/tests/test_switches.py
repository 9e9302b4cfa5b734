"""What makes requests cheap is switched on where the store is deployed, and said where it is not."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from config.settings.redis import redis_cache
from demo import services
from deploy.checks import check_redis, check_switches
from django.core.cache import caches
from django.db import connection
from running.supervisor import Output, Supervisor, free_port


def test_each_switch_that_is_off_is_named_with_what_turns_it_on(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "PAGES": None}
    found = check_switches()
    assert [each.id for each in found] == ["deploy.W001", "deploy.W002", "deploy.W003"]
    assert all(
        word in (each.hint or "") for word, each in zip(("CONN_MAX_AGE", "store.sessions", "PAGES"), found, strict=True)
    )


def test_a_node_of_a_redis_cluster_is_refused_in_words(tmp_path: Path, settings: Any) -> None:
    demo = services.plan(var=tmp_path, host="127.0.0.1", port=free_port(), environ={})
    program, stand_in = services.redis(demo)
    if stand_in:
        pytest.skip("needs redis-server")
    # The port of the bus would be 10,000 above, beyond the last one.
    node = replace(program, command=[*program.command, "--cluster-enabled", "yes", "--cluster-port", str(free_port())])
    with Supervisor(folder=tmp_path, environ={}, output=Output()) as supervisor:
        supervisor.start(node)
        supervisor.wait_ready()
        url = f"redis://127.0.0.1:{demo.redis_port}/0"
        settings.CACHES = {**settings.CACHES, "cart": redis_cache(url, seconds=1)}
        settings.CELERY_BROKER_URL = url
        found = check_redis()
        del caches["cart"]
    assert [(each.id, each.msg.split()[4]) for each in found] == [("deploy.E001", "carts"), ("deploy.E001", "broker")]
    assert "REDIS_SENTINELS" in str(found[0].hint)
    assert check_redis() == []  # both are away
