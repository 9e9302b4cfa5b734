"""The pretended Alipay as a whole, without its HTTP face."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from .api import Api
from .book import Book
from .courier import Courier, Notice
from .database import Database
from .faults import Fault, Faults
from .keys import ALIPAY_PUBLIC, APP_ID, APP_PRIVATE, SELLER_ID, Keys
from .notices import return_url, signed
from .trades import Order, Trade

BUYER = "buyer_sandbox_017"


class Provider:
    """Keys and trades in `folder`; what buyers do, what is switched, what is told.

    `time_scale` multiplies the waits between deliveries of a notify.
    """

    app_id = APP_ID
    seller_id = SELLER_ID

    def __init__(self, folder: str | Path, *, time_scale: float = 1.0) -> None:
        self.folder: Path = Path(folder)
        self.keys: Keys = Keys(self.folder)
        self._db = Database(self.folder / "trades.sqlite3")
        self.book: Book = Book(self._db)
        self.faults: Faults = Faults()
        self.courier: Courier = Courier(self._db, self.book, self.keys, self.faults, scale=time_scale)
        self.api: Api = Api(self.book, self.keys, self.faults, self.courier)

    @property
    def app_private_key_file(self) -> Path:
        """The merchant's own key: PEM, PKCS#8."""
        return self.folder / APP_PRIVATE

    @property
    def alipay_public_key_file(self) -> Path:
        """The key that Alipay's answers and notifies are verified with: PEM."""
        return self.folder / ALIPAY_PUBLIC

    # What tests switch and read

    def fault(self, kind: str, how: str, *, method: str = "", value: float = 0, times: int = 1) -> None:
        """Switch a fault on; `faults.KINDS` lists them. ValueError for one that is not there."""
        self.faults.add(Fault(kind, how, method, value, times))

    def clear(self) -> None:
        """Forget everything but the keys: trades, purses, notifies, calls, faults, a wrong clock."""
        self.faults.clear()
        self.api.calls.clear()
        self._db.clear()
        self.book.offset = 0.0

    def notices(self, out_trade_no: str = "") -> list[Notice]:
        """The notifies about this trade, or about all, whether they were delivered or not; the oldest first."""
        return self.courier.notices(out_trade_no)

    def signed(self, fields: Mapping[str, str]) -> dict[str, str]:
        """These fields as a notify that Alipay itself signed."""
        return signed(fields, keys=self.keys)

    # What buyers do

    def enter(self, params: Mapping[str, str]) -> str:
        """Check a merchant's signed request to pay and open a cashier page: its token. No trade yet."""
        return self.book.open_cashier(self.api.order(params, self.api.verified(params)))

    def sign_in(self, url: str, buyer: str = BUYER) -> Trade:
        """The buyer's first press at a page address: there is a trade now, and it waits."""
        return self.book.sign_in(self.enter(params_of(url)), named(buyer))

    def pay(self, url: str, buyer: str = BUYER, by: str = "balance") -> Trade:
        """Both presses of the buyer: the trade is paid when this returns, its notify on its way."""
        return self.settle(self.sign_in(url, buyer).out_trade_no, by)

    def settle(self, out_trade_no: str, by: str, *, tell: bool = True) -> Trade:
        """The second press: by "balance" or "card", and whether the merchant is told."""
        trade = self.book.pay(out_trade_no, by)
        self.courier.announce(trade, tell=tell)
        return trade

    def return_url(self, order: Order) -> str:
        """Where the buyer's browser goes from the cashier, signed; "" where the merchant named no address."""
        trade = self.book.trade(order.out_trade_no)
        return return_url(order, trade.trade_no if trade else "", now=self.book.now(), keys=self.keys)

    def close(self) -> None:
        self.courier.stop()
        self._db.close()


def params_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


def named(buyer: str) -> str:
    return buyer.strip()[:64] or BUYER
