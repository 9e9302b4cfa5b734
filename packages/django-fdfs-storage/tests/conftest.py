import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.db import connection
from django_fdfs_storage.client import FastDFSClient
from django_fdfs_storage.devserver import DevServer
from django_fdfs_storage.named import drain, outcomes
from django_fdfs_storage.named.outcomes import throw_away
from django_fdfs_storage.named.storage import NamedFastDFSStorage
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis

# A busy machine generates slowly, which is no fault of the values.
hypothesis.register_profile("short", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevServer]:
    """One development server for the tests that do not harm it."""
    with DevServer(tmp_path_factory.mktemp("fdfs"), tracker_port=0, storage_port=0, http_port=0) as server:
        yield server
        # What tests rolled back, while there is somebody to delete it.
        throw_away()


@pytest.fixture(scope="session")
def tracker(server: DevServer) -> str:
    """The tracker under test: an external one if FDFS_TRACKER names it."""
    return os.environ.get("FDFS_TRACKER", server.tracker)


@pytest.fixture
def client(tracker: str) -> Iterator[FastDFSClient]:
    client = FastDFSClient([tracker], network_timeout=10)
    yield client
    client.close()


@pytest.fixture(autouse=True)
def site(settings, server: DevServer, tracker: str) -> None:
    """The site's storage talks to the tracker under test."""
    settings.FDFS_STORAGE = {"TRACKERS": [tracker], "NETWORK_TIMEOUT": 10}


@pytest.fixture(autouse=True)
def nothing_left(monkeypatch) -> None:
    """No test waits for what another let hang, or deletes what it left: an external cluster is the same for all."""
    monkeypatch.setattr(drain, "_pauses", {})
    outcomes._rubbish.clear()


@pytest.fixture
def storage(own_tracker: str, settings) -> NamedFastDFSStorage:
    """The site's storage is a named one, of a server that nobody else uses; what is let go of goes at once."""
    settings.FDFS_STORAGE = {"TRACKERS": [own_tracker], "NETWORK_TIMEOUT": 10, "LOOKUP_SECONDS": 0}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django_fdfs_storage.named.storage.NamedFastDFSStorage"},
    }
    return NamedFastDFSStorage()


@pytest.fixture
def in_fork() -> Callable[[Callable[[], None]], int]:
    """Do something in a fork, and give how that ended: as an exit code, or less a signal."""

    def run(work: Callable[[], None]) -> int:
        child = os.fork()
        if child == 0:  # pragma: no cover
            theirs, connection.connection = connection.connection, None  # kept: a closed one would be closed for both
            with suppress(BaseException):
                work()
                os._exit(0)
            del theirs
            os._exit(1)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    return run


@pytest.fixture
def server_database() -> None:
    """A database of several connections."""
    if connection.vendor == "sqlite":
        pytest.skip("needs a database server (DATABASE_URL)")


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[DevServer]:
    """A development server that a test may stop."""
    with DevServer(tmp_path / "own", tracker_port=0, storage_port=0, http_port=0) as server:
        yield server
        throw_away()


@pytest.fixture
def own_tracker(request: pytest.FixtureRequest) -> str:
    """The tracker of a server that nobody else uses, or the external one."""
    return os.environ.get("FDFS_TRACKER") or request.getfixturevalue("own_server").tracker


@pytest.fixture
def data(request: pytest.FixtureRequest) -> Path:
    """Where that server keeps its files; FDFS_DATA is the place of an external one."""
    if "FDFS_TRACKER" in os.environ and "FDFS_DATA" not in os.environ:
        pytest.skip("needs FDFS_DATA, the data folder of the external storage server")
    return Path(os.environ.get("FDFS_DATA") or request.getfixturevalue("own_server").disks["group1"].data)


@pytest.fixture
def held(data: Path) -> Callable[[], int]:
    """How many files it holds since the test began."""

    def files() -> set[Path]:
        return {path for path in data.glob("??/??/*") if path.is_file() and not path.name.endswith("-m")}

    before = files()
    return lambda: len(files() - before)
