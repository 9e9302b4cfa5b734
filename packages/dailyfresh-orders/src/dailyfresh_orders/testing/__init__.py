"""Contract suites for what a site joins to the package: inherit one in a test module of your own and give it its fixture.

They need pytest and pytest-django. Each test is a sentence that the package relies on.
"""

from .delivery import DeliveryContract
from .gateways import GatewayContract, Till
from .joins import AddressBookContract, BasketContract, CatalogueContract
from .promotions import PromotionsContract
from .stock import StockContract
from .voucher import Voucher

__all__ = [
    "AddressBookContract",
    "BasketContract",
    "CatalogueContract",
    "DeliveryContract",
    "GatewayContract",
    "PromotionsContract",
    "StockContract",
    "Till",
    "Voucher",
]
