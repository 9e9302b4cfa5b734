"""The package's own backends pass the suites that it offers to others."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dailyfresh_goods.history.redis import RedisHistory
from dailyfresh_goods.history.session import SessionHistory
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
