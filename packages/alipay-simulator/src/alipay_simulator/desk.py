"""What people do at the simulator: buyers at the cashier, developers at the desk."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .faults import KINDS, Fault
from .formats import china, money
from .trades import SUCCESS, WAITING, Trade

if TYPE_CHECKING:
    from .server import Handler, Simulator

BUYER = "buyer_sandbox_017"


def enter(simulator: "Simulator", params: dict[str, str]) -> str:
    """Check a merchant's signed request to pay and open a cashier page: its token. No trade yet."""
    return simulator.book.open_cashier(simulator.api.order(params, simulator.api.verified(params)))


def sign_in(simulator: "Simulator", token: str, buyer: str) -> Trade:
    return simulator.book.sign_in(token, buyer.strip()[:64] or BUYER)


def pay(simulator: "Simulator", params: dict[str, str], by: str) -> Trade:
    order = simulator.api.order(params, simulator.api.verified(params))
    return settle(simulator, order.out_trade_no, by)


def settle(simulator: "Simulator", out_trade_no: str, by: str) -> Trade:
    trade = simulator.book.pay(out_trade_no, by)
    simulator.courier.announce(trade)
    return trade


def route(handler: "Handler", path: str, query: dict[str, str], form: dict[str, str]) -> None:
    """Serve everything but the open API."""
    post = handler.command == "POST"
    match [part for part in path.split("/") if part]:
        case ["cashier.css"] if not post:
            handler.static()
        case ["state.json"] if not post:
            handler.state()
        case [] if not post:
            _desk(handler)
        case ["fault"] if post:
            _fault(handler, form)
        case ["trade"] if post:
            _act(handler, form)
        case ["cashier", token] if not post:
            _cashier(handler, token)
        case ["cashier", token, "sign-in"] if post:
            sign_in(handler.simulator, token, form.get("account", ""))
            handler.redirect(f"/cashier/{token}/")
        case ["cashier", token, "pay"] if post:
            _pay(handler, token, form)
        case _:
            handler.reply(b"not found", status=404)


def _cashier(handler: "Handler", token: str, *, error: str = "", status: int = 200) -> None:
    book = handler.simulator.book
    found = book.cashier(token)
    if found is None:
        return handler.reply(b"not found", status=404)
    order, buyer = found
    trade = book.trade(order.out_trade_no)
    back = order.field("return_url")
    values = {
        "token": token,
        "order": order,
        "amount": money(order.fen),
        "buyer": buyer or BUYER,
        "signed_in": bool(buyer and trade and trade.buyer == buyer),
        "payable": trade is None or trade.status == WAITING,
        "paid": trade is not None and trade.status == SUCCESS,
        "closed": order.expires is not None
        and order.expires <= book.now()
        and (trade is None or trade.status != SUCCESS),
        "purse": money(book.purse(buyer or BUYER)),
        "error": error,
        "back": back,
    }
    parts = urlsplit(back)
    return handler.page(
        "cashier.html", values, status=status, leads_to=f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    )


def _pay(handler: "Handler", token: str, form: dict[str, str]) -> None:
    simulator = handler.simulator
    found = simulator.book.cashier(token)
    if found is None:
        return handler.reply(b"not found", status=404)
    order, buyer = found
    act = form.get("act", "pay")
    trade = simulator.book.trade(order.out_trade_no)
    back = simulator.courier.return_url(order, trade.trade_no if trade else "")
    if act == "cancel" and back:
        return handler.redirect(back)
    if act == "fail" or not (buyer and trade and trade.buyer == buyer):
        return _cashier(handler, token, error="fail" if act == "fail" else "sign-in", status=409)
    if act == "timeout":
        simulator.fault("notify", "drop")
    settle(simulator, order.out_trade_no, form.get("by", "balance"))
    return _cashier(handler, token) if act == "timeout" or not back else handler.redirect(back)


def _desk(handler: "Handler") -> None:
    simulator = handler.simulator
    trades = [
        {
            "number": trade.out_trade_no,
            "trade_no": trade.trade_no,
            "status": trade.status,
            "amount": money(trade.order.fen),
            "refunded": money(trade.refunded) if trade.refunded else "",
            "created": china(trade.created),
            "paid": trade.status == SUCCESS,
        }
        for trade in simulator.book.trades()
    ]
    notices = [
        {**dict(row), "due": china(row["due"]) if row["due"] else ""}
        for row in simulator.book.rows("SELECT * FROM notice ORDER BY id DESC LIMIT 20")
    ]
    kinds = [(kind, how, text) for kind, ways in KINDS.items() for how, text in ways.items()]
    handler.page(
        "desk.html",
        {
            "trades": trades,
            "notices": notices,
            "kinds": kinds,
            "on": simulator.faults.on(),
            "offset": simulator.book.offset,
        },
    )


def _fault(handler: "Handler", form: dict[str, str]) -> None:
    simulator = handler.simulator
    try:
        if form.get("clear"):
            simulator.faults.clear()
        elif form.get("kind") == "clock":
            simulator.book.set_clock(float(form.get("value") or 0))
        else:
            kind, _, how = form.get("fault", "").partition(" ")
            value, times = float(form.get("value") or 0), int(form.get("times") or 1)
            simulator.faults.add(Fault(kind, how, form.get("method", ""), value, times))
    except ValueError as error:
        return handler.reply(str(error).encode(), status=400, kind="text/plain;charset=utf-8")
    return handler.redirect("/")


def _act(handler: "Handler", form: dict[str, str]) -> None:
    """Finish a trade, resend its notifies, or close it."""
    simulator, number = handler.simulator, form.get("out_trade_no", "")
    match form.get("act"):
        case "resend":
            simulator.courier.resend(number)
        case "finish":
            simulator.courier.announce(simulator.book.finish_trade(number))
        case "close":
            simulator.book.close_trade(simulator.book.must(number))
        case _:
            return handler.reply(b"unknown act", status=400)
    return handler.redirect("/")
