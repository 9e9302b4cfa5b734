"""Contract suites: what an engine and a storage over it must do. They need pytest.

Subclass one and give the fixture that it names:

    class TestMyEngine(StorageContract):
        @pytest.fixture
        def storage(self):
            return FastDFSStorage(engine="my.Engine", trackers=[...])
"""

from .client import ClientContract
from .storage import MISSING, StorageContract

__all__ = ["MISSING", "ClientContract", "StorageContract"]
