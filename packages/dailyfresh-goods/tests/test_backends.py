"""The package's own backends pass the suites that it offers to others."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dailyfresh_goods.history.redis import RedisHistory
from dailyfresh_goods.history.session import SessionHistory
from dailyfresh_goods.pages import disk
from dailyfresh_goods.pages.disk import DiskPages
from dailyfresh_goods.testing import HistoryContract, PageWriterContract


class TestSessionHistory(HistoryContract):
    @pytest.fixture
    def make_history(self) -> Callable[..., SessionHistory]:
        return SessionHistory


class TestRedisHistory(HistoryContract):
    @pytest.fixture
    def make_history(self, redis_cache: Any) -> Callable[..., RedisHistory]:
        for user in ("7", "8"):
            RedisHistory().forget(user)
        return RedisHistory


class TestDiskPages(PageWriterContract):
    @pytest.fixture
    def make_writer(self, tmp_path: Path) -> Callable[[], DiskPages]:
        return lambda: DiskPages(root=tmp_path)


def test_a_quality_of_brotli_without_brotli_is_a_sentence_that_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert DiskPages(root=tmp_path, brotli_quality=9).check() == []
    monkeypatch.setattr(disk, "brotli", None)
    assert DiskPages(root=tmp_path).check() == []
    (error,) = DiskPages(root=tmp_path, brotli_quality=9).check()
    assert 'pip install "dailyfresh-goods[brotli]"' in str(error.hint)


def test_the_search_without_its_extra_is_a_sentence_that_names_it() -> None:
    program = (
        "import sys; sys.modules['haystack'] = None; from django.conf import settings; import django;"
        "settings.configure(INSTALLED_APPS=['django.contrib.auth', 'django.contrib.contenttypes', 'dailyfresh_core',"
        " 'dailyfresh_goods', 'dailyfresh_goods.search', 'haystack'], DATABASES={}); django.setup()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("django.core.exceptions.ImproperlyConfigured: ")
    assert last.endswith('needs an extra (haystack is missing): pip install "dailyfresh-goods[search]"')


def test_the_models_of_a_search_that_is_not_installed_are_not_the_goods() -> None:
    """Else deleting goods asked a table that is not there."""
    program = (
        "from django.conf import settings; import django;"
        "settings.configure(INSTALLED_APPS=['django.contrib.auth', 'django.contrib.contenttypes', 'dailyfresh_core',"
        " 'dailyfresh_goods'], DATABASES={}); django.setup();"
        "from dailyfresh_goods.search.models import Click; from dailyfresh_goods.models import SKU;"
        "kinds = {each.related_model for each in SKU._meta.get_fields(include_hidden=True)};"
        "print(Click._meta.app_label, Click in kinds, len(kinds) > 3)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "dailyfresh_search False True\n", done.stderr
