from collections.abc import Iterator

import pytest
from django.utils import translation
from hypothesis import settings

settings.register_profile("suite", deadline=None)  # how long an example takes is the machine's business
settings.load_profile("suite")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A page asked for in Chinese leaves its language to whoever comes next in the thread."""
    with translation.override("en"):
        yield
