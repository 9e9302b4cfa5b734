"""What people do at the simulator: buyers at the cashier, developers at the desk."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from urllib.parse import urlsplit

from .book import UnknownPage
from .faults import KINDS
from .formats import china, money
from .pages import Answer, page, redirect, stylesheet, words
from .provider import BUYER, Provider, named
from .trades import SUCCESS, WAITING, Refusal, Trade

ALL = 10**9


def answer_to(provider: Provider, command: str, path: str, form: Mapping[str, str], *, language: str) -> Answer:
    """Everything but the open API; `command` is GET or POST."""
    try:
        return _routed(provider, [command, *filter(None, path.split("/"))], form, language=language)
    except Refusal as refusal:
        return page("refused", {"refusal": refusal}, language=language, status=409)
    except UnknownPage:
        return words("not found", status=404)


def _routed(provider: Provider, place: list[str], form: Mapping[str, str], *, language: str) -> Answer:
    match place:
        case ["GET"]:
            return _desk(provider, language=language)
        case ["GET", "cashier.css"]:
            return stylesheet()
        case ["GET", "state.json"]:
            return _state(provider)
        case ["POST", "fault"]:
            return _fault(provider, form)
        case ["POST", "trade"]:
            return _act(provider, form)
        case ["GET", "cashier", token]:
            return _cashier(provider, token, language=language)
        case ["POST", "cashier", token, "sign-in"]:
            provider.book.sign_in(token, named(form.get("account", "")))
            return redirect(f"/cashier/{token}/")
        case ["POST", "cashier", token, "pay"]:
            return _pay(provider, token, form, language=language)
    raise UnknownPage(place)


def _cashier(provider: Provider, token: str, *, language: str, error: str = "", status: int = 200) -> Answer:
    book = provider.book
    order, buyer = book.cashier(token)
    trade = book.trade(order.out_trade_no)
    paid = trade is not None and trade.status == SUCCESS
    values = {
        "token": token,
        "order": order,
        "amount": money(order.fen),
        "buyer": buyer or BUYER,
        "signed_in": _is_of(trade, buyer),
        "payable": trade is None or trade.status == WAITING,
        "paid": paid,
        "closed": order.expires is not None and order.expires <= book.now() and not paid,
        "purse": money(book.purse(buyer or BUYER)),
        "error": error,
        "back": order.field("return_url"),
    }
    back = urlsplit(order.field("return_url"))
    origin = f"{back.scheme}://{back.netloc}" if back.netloc else ""
    return page("cashier", values, language=language, status=status, leads_to=origin)


def _is_of(trade: Trade | None, buyer: str) -> bool:
    """Whether this buyer, who signed in here, has this trade."""
    return bool(buyer and trade and trade.buyer == buyer)


def _pay(provider: Provider, token: str, form: Mapping[str, str], *, language: str) -> Answer:
    order, buyer = provider.book.cashier(token)
    act = form.get("act", "pay")
    back = provider.return_url(order)
    if act == "cancel" and back:
        return redirect(back)
    if act == "fail" or not _is_of(provider.book.trade(order.out_trade_no), buyer):
        error = "fail" if act == "fail" else "sign-in"
        return _cashier(provider, token, language=language, error=error, status=409)
    provider.settle(order.out_trade_no, form.get("by", "balance"), tell=act != "timeout")
    return _cashier(provider, token, language=language) if act == "timeout" or not back else redirect(back)


def _desk(provider: Provider, *, language: str) -> Answer:
    values = {
        "trades": provider.book.trades(),
        "notices": provider.notices()[:-21:-1],
        "kinds": [(kind, how, text) for kind, ways in KINDS.items() for how, text in ways.items()],
        "on": provider.faults.on(),
        "offset": provider.book.offset,
        "money": money,
        "china": china,
    }
    return page("desk", values, language=language)


def _state(provider: Provider) -> Answer:
    """Everything the desk shows, as JSON for scripts; of the trades all, so that books can be held against them."""
    trades = [{**asdict(trade), "out_trade_no": trade.out_trade_no} for trade in provider.book.trades(limit=ALL)]
    faults = [asdict(fault) for fault in provider.faults.on()]
    state = {"trades": trades, "faults": faults, "calls": provider.api.calls[-200:]}
    return Answer(json.dumps(state).encode(), "application/json")


def _fault(provider: Provider, form: Mapping[str, str]) -> Answer:
    try:
        if form.get("clear"):
            provider.faults.clear()
        elif form.get("kind") == "clock":
            provider.book.set_clock(float(form.get("value") or 0))
        else:
            kind, _, how = form.get("fault", "").partition(" ")
            value, times = float(form.get("value") or 0), int(form.get("times") or 1)
            provider.fault(kind, how, method=form.get("method", ""), value=value, times=times)
    except ValueError as error:
        return words(str(error), status=400)
    return redirect("/")


def _act(provider: Provider, form: Mapping[str, str]) -> Answer:
    """Finish a trade, resend its notifies, or close it."""
    number = form.get("out_trade_no", "")
    match form.get("act"):
        case "resend":
            provider.courier.resend(number)
        case "finish":
            provider.courier.announce(provider.book.finish_trade(number))
        case "close":
            provider.book.close_trade(provider.book.must(number))
        case _:
            return words("unknown act", status=400)
    return redirect("/")
