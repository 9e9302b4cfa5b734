"""The contract suites over every engine; FDFS_TRACKER=host:port runs them on a real cluster."""

import pytest
from django_fdfs_storage.storage import FastDFSStorage
from django_fdfs_storage.testing import ClientContract, StorageContract


class TestOwnEngine(StorageContract):
    @pytest.fixture
    def storage(self, tracker: str) -> FastDFSStorage:
        return FastDFSStorage(trackers=[tracker], network_timeout=10)


class TestClient(ClientContract):
    @pytest.fixture
    def client(self, client):
        return client
