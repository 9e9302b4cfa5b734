"""Tests read English, whoever asked for a page before them."""

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Imported by a suite's conftest: a page asked for in Chinese leaves its language to whoever comes next in the thread."""
    with translation.override("en"):
        yield
