"""The search has a site of its own: `pytest -c tests/search/pytest.ini`; the mini-site beside it has no haystack."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from dailyfresh_core.testing import service
from django.conf import settings

collect_ignore_glob = [] if "haystack" in settings.INSTALLED_APPS else ["*"]


@pytest.fixture
def engine() -> str:
    """The engine of `shop`; a test may ask for both."""
    return "whoosh"


@pytest.fixture
def shop(db: None, tmp_path: Path, engine: str) -> Iterator[dict[str, int]]:
    """The SKUs of the demo store, indexed: slug -> key."""
    from demo import indexed, use_index

    with use_index(tmp_path, engine):
        yield indexed()


@pytest.fixture
def redis_url() -> str:
    return service("REDIS_URL")


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    from django.core.cache import cache

    cache.clear()
