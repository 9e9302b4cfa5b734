"""Contract suites: what every cart store and every catalogue must do, as pytest classes to subclass.

class TestMyStore(CartStoreContract):
    @pytest.fixture
    def store(self): return MyStore()

class TestMyCatalogue(CatalogueContract):
    @pytest.fixture
    def catalogue(self): return Catalogue()
    @pytest.fixture
    def known(self): return [str(book.pk) for book in make_books(3)]
"""

from .catalogues import CatalogueContract
from .stores import CartStoreContract

__all__ = ["CartStoreContract", "CatalogueContract"]
