"""Real processes settle, refund and die against a real MariaDB or PostgreSQL: `python proving.py <scenarios as JSON>` prints what happened.

Run by test_payment_proofs.py. The launcher loads Django once and forks: each process has a connection of its own.
"""

import json
import os
import signal
import sys
import time
import traceback
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from functools import partial
from urllib.parse import urlencode, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

import django

SIMULATOR = os.environ["SIMULATOR_URL"].rsplit("/", 1)[0]
OPENER = build_opener(ProxyHandler({}))
AJAX = {"X-Requested-With": "XMLHttpRequest"}


def simulator(path, **form):
    data = urlencode(form).encode() if form else None
    with OPENER.open(Request(f"{SIMULATOR}{path}", data), timeout=20) as answer:
        return answer.read(), answer.url


def buyer_pays(url):
    """Both presses at the cashier, over HTTP."""
    page = OPENER.open(url, timeout=20).url
    path = urlsplit(page).path
    simulator(f"{path}sign-in", account="buyer")
    simulator(f"{path}pay", act="timeout")  # paid, and nobody is told


def wipe():
    from dailyfresh_orders.models import Booking, Notice, Order, OrderLog, Payment, PaymentLog, Refund, RefundLine

    for model in (Booking, RefundLine, Refund, PaymentLog, Notice, Payment, OrderLog, Order):
        model.objects.all().delete()


def prepare():
    from django.contrib.auth import get_user_model
    from minisite.shop.models import Place, Product

    wipe()
    user, made = get_user_model().objects.get_or_create(username="payer", defaults={"password": "!"})
    if made:
        Place.objects.create(user=user, receiver="payer")
    Product.objects.filter(pk=777001).delete()
    Product.objects.create(pk=777001, title="Apple", yuan=Decimal("5.50"), pieces=100_000)
    return user


def new_order(user, *, quantity=2, off=Decimal("0.00")):
    """An order of apples; `off` is taken off their line, as a promotion would."""
    from dailyfresh_orders.checkout.quotes import BUY, quote
    from dailyfresh_orders.checkout.signed_quotes import signed
    from dailyfresh_orders.services import place_order
    from minisite.shop.joins import AddressBook

    address = AddressBook().choices(user)[0]
    token = signed(quote({"777001": quantity}, source=BUY, address=address), user=user)
    order = place_order(user=user, token=token, address_id=address.id, payment_method="alipay", note="").order
    order.lines.update(discount=-off)
    order.discount, order.total = -off, order.total - off
    order.save()
    return order


def begin(user, **what):
    """An order whose buyer was sent to the cashier; and the address there."""
    from dailyfresh_orders.services import start_payment

    order = new_order(user, **what)
    goal = start_payment(
        order=order, code="alipay", return_url="http://127.0.0.1:9/r", notify_url="http://127.0.0.1:9/n"
    )
    return order, goal.url


def signed_fields(payment, trade_no, **more):
    """A notify as Alipay signs it, made with the simulator's own key."""
    from pathlib import Path

    from alipay_simulator.keys import APP_ID, SELLER_ID, Keys, signed_text

    fields = {
        "notify_type": "trade_status_sync",
        "notify_id": f"n{payment.pk}",
        "charset": "utf-8",
        "app_id": APP_ID,
        "auth_app_id": APP_ID,
        "seller_id": SELLER_ID,
        "trade_no": trade_no,
        "out_trade_no": payment.out_trade_no,
        "trade_status": "TRADE_SUCCESS",
        "total_amount": f"{payment.amount:.2f}",
        "gmt_payment": "2026-11-23 12:00:00",
        **more,
    }
    keys = Keys(Path(os.environ["SIMULATOR_DIR"]))
    return {**fields, "sign": keys.sign(signed_text(fields, leave_out={"sign", "sign_type"})), "sign_type": "RSA2"}


def notify(fields):
    from django.test import Client
    from django.urls import reverse

    answer = Client().post(
        reverse("dailyfresh_orders:alipay_notify"),
        urlencode(fields),
        content_type="application/x-www-form-urlencoded",
    )
    return answer.content.decode()


def query_directly(payment):
    from dailyfresh_orders.gateways import gateway
    from dailyfresh_orders.services import settle

    return settle(gateway("alipay").query(payment.out_trade_no), code="alipay").state


def come_back(user, order, fields):
    """The browser returns and its page asks, as views do."""
    from django.test import Client
    from django.urls import reverse

    client = Client()
    client.force_login(user)
    client.get(reverse("dailyfresh_orders:alipay_return"), fields)
    answer = client.post(reverse("dailyfresh_orders:pay_query"), {"order": order.number}, headers=AJAX)
    return f"{answer.status_code}"


def due():
    """Let nothing wait for its turn."""
    from dailyfresh_orders.models import Payment, Refund
    from django.utils import timezone

    past = timezone.now() - timedelta(seconds=30)
    Payment.objects.filter(state="pending").update(ask_again_at=past, asked_at=None)
    Refund.objects.filter(state__in=("ready", "sent")).update(try_at=past)
    Refund.objects.exclude(sent_at=None).update(sent_at=past)


def sweep_now():
    from dailyfresh_orders.services import sweep

    swept = sweep()
    return "failed" if swept.payments.failed or swept.cancellations.failed or swept.refunds.failed else "swept"


def in_processes(calls, *, at):
    """Run each call in a process of its own, all at the same instant; gives what each said."""
    from django.db import connections

    connections.close_all()
    ends = []
    for call in calls:
        out, into = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(out)
            try:
                connections["default"].ensure_connection()
                while time.time() < at:
                    pass
                said = call()
            except BaseException:
                said = f"error: {traceback.format_exc()}"
            os.write(into, str(said).encode()[:60_000])
            os._exit(0)
        os.close(into)
        ends.append((pid, out))
    said = []
    for pid, out in ends:
        with os.fdopen(out) as pipe:
            said.append(pipe.read())
        os.waitpid(pid, 0)
    return said


def race(scenario):
    """Notify twice, query, return and sweeper of one payment at one instant: one effect each round."""
    from dailyfresh_orders.models import Order, OrderLog, PaymentLog

    user, said, wrong = prepare(), Counter(), []
    for _ in range(scenario["rounds"]):
        order, url = begin(user)
        buyer_pays(url)
        payment = order.payments.get()
        trade_no = json.loads(simulator("/state.json")[0])["trades"][0]["trade_no"]
        fields = signed_fields(payment, trade_no)
        due()
        answers = in_processes(
            [
                lambda f=fields: notify(f),
                lambda f=fields: notify(f),
                lambda p=payment: query_directly(p),
                lambda o=order, f=fields: come_back(user, o, f),
                sweep_now,
            ],
            at=time.time() + scenario.get("lead", 0.12),
        )
        said.update(answers)
        order.refresh_from_db()
        payment.refresh_from_db()
        effects = (
            order.state,
            payment.state,
            payment.paid_slot,
            str(payment.received),
            PaymentLog.objects.filter(payment=payment, after="paid").count(),
            OrderLog.objects.filter(order=order, became=Order.State.TO_SHIP).count(),
        )
        if effects != ("to_ship", "paid", 1, str(order.total), 1, 1):
            wrong.append(effects)
    wipe()
    return {"said": said, "wrong": wrong}


class Killer:
    """Kills this process at its n-th step: before or after a statement, a commit, or a call to the gateway."""

    def __init__(self, at):
        self.at, self.step = at, 0

    def __call__(self):
        self.step += 1
        if self.step == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def install(self):
        from dailyfresh_orders.gateways import alipay_sdk
        from django.db import connection

        def statement(execute, sql, params, many, context):
            self()
            result = execute(sql, params, many, context)
            self()
            return result

        commit, post = connection._commit, alipay_sdk.post

        def killing_commit():
            self()
            commit()
            self()

        def killing_post(*args, **kwargs):
            self()
            answer = post(*args, **kwargs)
            self()
            return answer

        connection._commit = killing_commit
        alipay_sdk.post = killing_post
        connection.execute_wrappers.append(statement)


def until_killed(operation, at):
    """Run the operation in a process that dies at its `at`-th step; whether it died."""
    from django.db import connections

    connections.close_all()
    pid = os.fork()
    if not pid:
        code = 0
        try:
            connections["default"].ensure_connection()
            Killer(at).install()
            operation()
        except BaseException:
            traceback.print_exc()
            code = 3
        os._exit(code)
    status = os.waitpid(pid, 0)[1]
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise RuntimeError("the operation failed")
    return os.WIFSIGNALED(status)


def kills(scenario):
    """Kill one operation at its every step, recover as a site does, and look at the books."""
    user, wrong, step, killed = prepare(), [], 0, 0
    make, recover, balance = OPERATIONS[scenario["operation"]]
    step = scenario.get("first", 1)
    while True:
        order, operation = make(user)
        died = until_killed(operation, step)
        killed += died
        for _ in range(3):
            due()
            recover(order)
        if problem := balance(order):
            wrong.append((step, problem))
        if not died:
            break
        step += scenario.get("stride", 1)
    wipe()
    return {"killed": killed, "steps": step, "wrong": wrong}


def told(order):
    """The operation that a notify begins."""
    payment = order.payments.get()
    trade_no = json.loads(simulator("/state.json")[0])["trades"][0]["trade_no"]
    fields = signed_fields(payment, trade_no)
    return lambda: notify(fields)


def make_settlement(user):
    order, url = begin(user)
    buyer_pays(url)
    return order, told(order)


def make_late(user):
    """Paid after the order was cancelled: settling writes the refund as well."""
    from dailyfresh_orders.services import finish_cancel, request_cancel

    order, url = begin(user)
    buyer_pays(url)
    request_cancel(order.pk, by="proof")
    order.payments.update(state="closed", ask_again_at=None)
    finish_cancel(order.pk, by="proof")
    notified = told(order)

    def late():
        from dailyfresh_orders.services import sweep_refunds

        notified()
        sweep_refunds()

    return order, late


def make_refund(user):
    order, url = begin(user)
    buyer_pays(url)
    query_directly(order.payments.get())

    def refund():
        from dailyfresh_orders.services import refund_lines, sweep_refunds

        refund_lines(order=order, by=None, key="proofproof12", goods="restock", reason="proof")
        sweep_refunds()

    return order, refund


def make_cancellation(user):
    """The buyer signed in at the cashier, then cancels."""
    order, url = begin(user)
    path = urlsplit(OPENER.open(url, timeout=20).url).path
    simulator(f"{path}sign-in", account="buyer")

    def cancel():
        from dailyfresh_orders.services import cancel_order, finish_cancellations

        cancel_order(order.pk, by="proof")
        finish_cancellations()

    return order, cancel


def recover_by_sweep(order):
    sweep_now()


def recover_refund(order):
    """Staff press the same form again: the same key."""
    from dailyfresh_orders.exceptions import RefundImpossible
    from dailyfresh_orders.services import refund_lines

    with suppress(RefundImpossible):  # refunded already
        refund_lines(order=order, by=None, key="proofproof12", goods="restock", reason="proof")
    sweep_now()


def recover_late(order):
    """The notify comes again, as it does until it is acknowledged."""
    told(order)()
    sweep_now()


def recover_cancellation(order):
    from dailyfresh_orders.exceptions import IllegalTransition
    from dailyfresh_orders.services import cancel_order

    with suppress(IllegalTransition):  # it is cancelled already
        cancel_order(order.pk, by="proof")
    sweep_now()


def there(order):
    """What the gateway gave back, in fen."""
    trades = json.loads(simulator("/state.json")[0])["trades"]
    return next(trade["refunded"] for trade in trades if trade["out_trade_no"].startswith(order.number))


def sold(order):
    """Pieces of the order that are out of stock because of it."""
    from dailyfresh_orders.models import OrderLine
    from minisite.shop.models import Product

    out = 100_000 - Product.objects.get(pk=777001).pieces
    return out - sum(line.quantity - line.restocked for line in OrderLine.objects.all())


def is_settled(order):
    order.refresh_from_db()
    payment = order.payments.get()
    got = (order.state, payment.state, payment.log.filter(after="paid").count(), there(order), sold(order))
    return got if got != ("to_ship", "paid", 1, 0, 0) else None


def is_given_back(order):
    order.refresh_from_db()
    payment = order.payments.get()
    refunds = list(payment.refunds.values_list("state", "amount"))
    got = (order.state, payment.state, refunds, payment.refunded, there(order), sold(order))
    fen = int(order.total * 100)
    return got if got != ("cancelled", "refunded", [("done", order.total)], order.total, fen, 0) else None


def is_refunded(order):
    order.refresh_from_db()
    payment = order.payments.get()
    refunds = list(payment.refunds.values_list("state", "amount"))
    got = (order.state, payment.state, refunds, payment.refunded, there(order), sold(order))
    fen = int(order.total * 100)
    return got if got != ("closed", "refunded", [("done", order.total)], order.total, fen, 0) else None


def is_cancelled(order):
    order.refresh_from_db()
    payment = order.payments.get()
    restocked = sum(line.restocked for line in order.lines.all())
    got = (order.state, payment.state, restocked, there(order), sold(order))
    return got if got != ("cancelled", "closed", 2, 0, 0) else None


OPERATIONS = {
    "settle": (make_settlement, recover_by_sweep, is_settled),
    "late": (make_late, recover_late, is_given_back),
    "refund": (make_refund, recover_refund, is_refunded),
    "cancel": (make_cancellation, recover_cancellation, is_cancelled),
}


def refund_race(scenario):
    """Processes refund one payment at one instant; the sums never exceed it, here or at the gateway."""
    from dailyfresh_orders.models import Refund
    from dailyfresh_orders.services import refund_lines
    from django.db.models import Sum

    user, wrong, said = prepare(), [], Counter()

    def give(order, n):
        from dailyfresh_orders.exceptions import RefundImpossible

        try:
            refund_lines(order=order, by=None, key=f"race{n:08}", lines={}, amount=Decimal("9.00"), reason="race")
        except RefundImpossible:
            return "refused"
        return "made"

    for _ in range(scenario["rounds"]):
        order, url = begin(user)
        buyer_pays(url)
        query_directly(order.payments.get())
        calls = [lambda o=order, n=n: give(o, n // 2) for n in range(8)]  # four refunds of 9.00, each pressed twice
        said.update(in_processes(calls, at=time.time() + 0.15))
        made = Refund.objects.filter(payment__order=order).aggregate(sum=Sum("amount"))["sum"]
        for _ in range(4):
            due()
            in_processes([sweep_now, sweep_now], at=time.time() + 0.05)
        if made > order.total or there(order) != int(made * 100) or there(order) > int(order.total * 100):
            wrong.append((str(made), there(order)))
    wipe()
    return {"said": said, "wrong": wrong}


def pieces_race(scenario):
    """Processes return pieces of one line at one instant: to the fen what of the line is no longer kept, whoever comes first."""
    from dailyfresh_orders.line_amounts import kept
    from dailyfresh_orders.models import Refund
    from dailyfresh_orders.services import refund_lines, ship

    user, wrong, said = prepare(), [], Counter()

    def give(order, line, n, pieces):
        from dailyfresh_orders.exceptions import RefundImpossible

        try:
            refund_lines(order=order, by=None, key=f"piece{n:07}", lines={line.pk: pieces}, reason="race")
        except RefundImpossible:
            return "refused"
        return "made"

    for _ in range(scenario["rounds"]):
        order, url = begin(user, quantity=7, off=Decimal("10.00"))
        buyer_pays(url)
        query_directly(order.payments.get())
        ship(
            order.pk, carrier="SF", tracking_number="1", by="proof"
        )  # before it, the freight would go back with the last piece
        line = order.lines.get()
        wanted = [(0, 1), (1, 2), (2, 1), (3, 3), (4, 2), (5, 1)]  # ten pieces of seven, each pressed twice
        calls = [partial(give, order, line, n, pieces) for n, pieces in wanted * 2]
        said.update(in_processes(calls, at=time.time() + 0.15))
        made = list(Refund.objects.filter(payment__order=order).values_list("amount", "lines__quantity"))
        back, left = sum(amount for amount, _pieces in made), 7 - sum(pieces for _amount, pieces in made)
        for _ in range(6):
            due()
            in_processes([sweep_now, sweep_now], at=time.time() + 0.05)
        if left < 0 or back != kept(line, 7) - kept(line, left) or there(order) != int(back * 100):
            wrong.append((str(back), left, there(order)))
    wipe()
    return {"said": said, "wrong": wrong}


SCENARIOS = {"pieces": pieces_race, "race": race, "kills": kills, "refunds": refund_race}

if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    django.setup()
    print(json.dumps([SCENARIOS[each["what"]](each) for each in asked]))
