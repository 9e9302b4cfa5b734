"""What the pretended Alipay knows of a trade that nobody took to its cashier."""

import json
from pathlib import Path

from alipay_simulator.database import Database
from alipay_simulator.trades import CLOSED, SUCCESS
from dailyfresh_core.pricing.amounts import in_fen
from dailyfresh_orders.gateways.base import Outcome, RefundOutcome
from dailyfresh_orders.models import Payment, Refund
from dailyfresh_orders.services.payments.paying_back import conclude
from django.utils import timezone


def carried_out(refund: Refund, *, refused: bool = False) -> None:
    """The gateway did what it was asked for, or said no; the book of the simulator hears of it by `tell_simulator`."""
    Refund.objects.filter(pk=refund.pk).update(state=Refund.State.SENT, sent_at=timezone.now(), tries=1)
    code = "ACQ.SELLER_BALANCE_NOT_ENOUGH" if refused else ""
    refund.refresh_from_db()
    conclude(refund, RefundOutcome(Outcome.REFUSED if refused else Outcome.DONE, code))


def tell_simulator(folder: Path) -> int:
    """Write every trade that was paid into the simulator's file, so that the daily comparison finds what we say; gives how many."""
    database = Database(folder / "trades.sqlite3")
    trades, refunds = [], []
    paid = Payment.objects.exclude(paid_at=None).filter(gateway="alipay").prefetch_related("refunds")
    for payment in paid:
        at, whole = payment.paid_at.timestamp(), payment.state == Payment.State.REFUNDED  # type: ignore[union-attr]
        done = [each for each in payment.refunds.all() if each.state == Refund.State.DONE]
        ended = max((each.done_at.timestamp() for each in done if each.done_at), default=None) if whole else None
        about = (payment.out_trade_no, payment.trade_no, CLOSED if whole else SUCCESS, in_fen(payment.received))
        trades.append((*about, payment.subject, payment.buyer, "bank", json.dumps({}), at - 60, at, ended))
        refunds += [
            (payment.out_trade_no, each.out_request_no, in_fen(each.amount), each.reason, each.done_at.timestamp())
            for each in done
            if each.done_at
        ]
    with database.write() as book:
        book.executemany(
            "INSERT OR IGNORE INTO trade (out_trade_no, trade_no, status, fen, subject, buyer, paid_by, request, created, paid, closed)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,?)",
            trades,
        )
        book.executemany("INSERT OR IGNORE INTO refund VALUES (?,?,?,?,?)", refunds)
    database.close()
    return len(trades)
