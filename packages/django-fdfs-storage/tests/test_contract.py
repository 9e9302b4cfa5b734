"""The contract suites over every engine; FDFS_TRACKER=host:port runs them on a real cluster."""

import pytest
from django_fdfs_storage.named.storage import NamedFastDFSStorage
from django_fdfs_storage.storage import FastDFSStorage
from django_fdfs_storage.testing import ClientContract, StorageContract
from waiting import waiting_client


class TestOwnEngine(StorageContract):
    @pytest.fixture
    def storage(self, tracker: str) -> FastDFSStorage:
        return FastDFSStorage(trackers=[tracker], network_timeout=10)


class TestClient(ClientContract):
    @pytest.fixture
    def client(self, client):
        return client


class TestAsyncClient(ClientContract):
    @pytest.fixture
    def client(self, tracker: str):
        client = waiting_client([tracker], network_timeout=10)
        yield client
        client.close()


@pytest.mark.django_db
class TestNamed(StorageContract):
    """The storage with names; what only file ids promise is left out, and threads meet a database of their own."""

    test_a_saved_name_is_a_file_id_in_text = None
    test_the_extension_survives_where_fastdfs_takes_it = None
    test_opening_for_writing_is_refused = None
    test_threads_share_a_storage = None
    test_a_fork_uses_connections_of_its_own = None

    @pytest.fixture
    def storage(self, tracker: str) -> NamedFastDFSStorage:
        return NamedFastDFSStorage(trackers=[tracker], network_timeout=10)


NOT_POSSIBLE = {
    "test_an_empty_file_is_saved_and_read_back": "the library refuses empty content",
    "test_an_unknown_group_is_no_missing_file": "the library tells only the text of an error, not who said it",
}


class TestFdfsClientPy3(StorageContract):
    """The optional engine; NOT_POSSIBLE lists what its library cannot do."""

    @pytest.fixture
    def storage(self, tracker: str, request: pytest.FixtureRequest) -> FastDFSStorage:
        pytest.importorskip("fdfs_client", reason="needs the extra fdfs-client-py3")
        if reason := NOT_POSSIBLE.get(request.node.originalname):
            request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
        return FastDFSStorage(
            engine="django_fdfs_storage.fdfs_client_py3.FdfsClientPy3", trackers=[tracker], network_timeout=2
        )
