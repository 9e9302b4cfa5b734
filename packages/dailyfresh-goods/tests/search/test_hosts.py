"""Several hosts with an index of their own: each is told of every change."""

import pytest
from dailyfresh_goods.models import SKU, Follower, StaleDocument
from dailyfresh_goods.search.indexing import drain, status
from haystack import connections


@pytest.fixture
def on(tmp_path, settings, monkeypatch):
    """Makes this process one of the host of that name, with an index of its own; nothing is drained by itself."""

    def be(name):
        settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "HOST_NAME": name}
        settings.HAYSTACK_CONNECTIONS = {"default": {**before, "PATH": str(tmp_path / name)}}
        connections.connections_info = settings.HAYSTACK_CONNECTIONS
        connections.reload("default")

    before = settings.HAYSTACK_CONNECTIONS["default"]
    yield be
    connections.connections_info = {"default": before}
    connections.reload("default")


def test_each_index_follows_a_change_whoever_drains_first(shop, on):
    for host in ("east", "west"):
        on(host)
        drain()
        found = status()
        assert (found.differences, found.documents > 0) == ([], True)
    SKU.objects.filter(pk=shop["pear"]).update(name="砀山酥梨")
    StaleDocument.objects.all().delete()
    StaleDocument.objects.create(sku_id=shop["pear"])
    for host in ("east", "west"):
        on(host)
        assert (status().outdated, status().waiting) == ([shop["pear"]], 1)
        drain()
        assert (status().outdated, status().waiting) == ([], 0)
    assert not StaleDocument.objects.exists()


def test_a_host_that_was_forgotten_builds_its_index_anew(shop, on):
    on("east")
    drain()
    SKU.objects.filter(pk=shop["pear"]).update(name="砀山酥梨")
    StaleDocument.objects.all().delete()
    assert status().outdated == [shop["pear"]]
    Follower.objects.all().delete()
    drain()
    assert status().differences == []
    assert not StaleDocument.objects.exists()
