"""What people are told of an order: once each, by the channels they chose, in their language."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from conftest import HERE, minisite_env
from dailyfresh_core.days import local
from dailyfresh_core.pricing.measures import Measured
from dailyfresh_core.testing.mailbox import Mailbox, smtp
from dailyfresh_core.testing.mailbox import mail as in_memory
from dailyfresh_orders import tasks
from dailyfresh_orders.exceptions import QuoteChanged
from dailyfresh_orders.gateways.base import Outcome, RefundOutcome
from dailyfresh_orders.models import Letter, LowStock, Message, MessageChoice, Order, Payment, Refund
from dailyfresh_orders.services import (
    address_messages,
    anonymise,
    cancel_order,
    decline_refund,
    receive,
    refund_lines,
    request_refund,
    send_letters,
    ship,
    tell_back_in_stock,
)
from dailyfresh_orders.services.payments.paying_back import conclude
from dailyfresh_orders.services.transitions import mark_paid
from dailyfresh_orders.staff import events_for
from dailyfresh_orders.templatetags.dailyfresh_orders import names_said
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import formats, timezone, translation
from minisite.shop.models import Product

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site(settings):
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {
        "PUBLIC_URL": "https://shop.example",
        "SITE_NAME": "Corner Shop",
    }


@pytest.fixture
def buyer(buyer):
    buyer.email = "lin@example.com"
    buyer.save()
    return buyer


@pytest.fixture
def picker(db):
    return get_user_model().objects.create_superuser("boss", "boss@example.com", "secret")


def use(settings, values):
    for name, value in values.items():
        setattr(settings, name, value)


def drained():
    """All of it is worked off, however slow the machine is."""
    address_messages()
    send_letters()


def told(user=None):
    """(event, channel) of every letter, oldest first."""
    drained()
    letters = Letter.objects.order_by("pk")
    if user is not None:
        letters = letters.filter(user=user)
    return list(letters.values_list("message__event", "channel"))


def events(user):
    return [event for event, channel in told(user) if channel == "mail"]


def test_a_buyer_hears_of_every_step_by_mail_and_in_the_shop(make_order, apple, buyer):
    order = make_order({apple: 2})
    ship(order.pk, carrier="SF", tracking_number="SF123", by="boss")
    receive(order.pk, by=buyer)

    assert told() == [(event, channel) for event in ("placed", "shipped", "received") for channel in ("shop", "mail")]
    subjects = [message.subject for message in mail.outbox]
    assert subjects == [
        f"Order {order.number} is placed",
        f"Order {order.number} is on its way",
        f"Order {order.number} has arrived",
    ]
    assert "SF123" in mail.outbox[1].body
    page, kind = mail.outbox[0].alternatives[0]
    assert kind == "text/html"
    assert "Apple" in page
    assert f"https://shop.example{order.get_absolute_url()}" in page
    assert f"https://shop.example{order.get_absolute_url()}" in mail.outbox[0].body
    assert mail.outbox[0].to == ["lin@example.com"]


def test_an_order_paid_online_is_told_as_placed_and_as_paid(make_order, apple, buyer, picker):
    order = make_order({apple: 1}, payment_method="voucher")
    assert events(buyer) == ["placed"]
    assert "Please pay until" in mail.outbox[0].body
    assert events(picker) == []

    mark_paid(order.pk, paid_at=timezone.now(), by="voucher")

    assert events(buyer) == ["placed", "paid"]
    assert events(picker) == ["new_order"]


def test_whoever_reads_of_an_order_when_it_is_paid_is_not_asked_to_pay_it(make_order, apple, buyer, client):
    client.force_login(buyer)
    order, page = make_order({apple: 1}, payment_method="voucher"), reverse("dailyfresh_orders:messages")
    assert events(buyer) == ["placed"]
    until = formats.date_format(local(order.expires_at), "DATETIME_FORMAT")
    assert f"Please pay until {until};" in client.get(page).content.decode()
    mark_paid(order.pk, paid_at=timezone.now(), by="voucher")
    placed = client.get(page).content.decode()
    assert f"Order {order.number} is placed" in placed
    assert "Please pay until" not in placed


def test_staff_hear_of_an_order_once_it_is_to_be_shipped(make_order, apple, buyer, picker):
    make_order({apple: 2})
    assert events(picker) == ["new_order"]
    body = next(message.body for message in mail.outbox if message.to == ["boss@example.com"])
    assert "Apple × 2" in body
    assert "https://shop.example/boss/dailyfresh_orders/order/" in body


def test_staff_get_so_many_letters_an_hour_and_the_last_tells_of_all_that_wait(make_order, apple, picker, settings):
    """Guests that order and go, or a good day: a mailbox is for reading."""
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"STAFF_LETTERS": 3}
    for _ in range(7):
        make_order({apple: 1})
    drained()
    to_staff = [letter for letter in mail.outbox if letter.to == [picker.email]]
    assert ["more of these" in letter.body for letter in to_staff] == [False, False, True]
    assert "And 4 more of these." in to_staff[-1].body
    assert "And 4 more of these." in to_staff[-1].alternatives[0][0]
    assert not Letter.objects.filter(user=picker, sent_at=None).exists()

    for _ in range(2):
        make_order({apple: 1})
    drained()
    waiting = Letter.objects.filter(user=picker, sent_at=None)
    assert waiting.filter(due_at__gt=timezone.now()).count() == 2
    Letter.objects.exclude(sent_at=None).update(sent_at=timezone.now() - timedelta(minutes=61))
    waiting.update(due_at=timezone.now())
    drained()
    assert len([letter for letter in mail.outbox if letter.to == [picker.email]]) == 5
    assert not waiting.exists()


def test_whoever_may_not_do_the_work_does_not_hear_of_it(make_order, apple):
    get_user_model().objects.create_user("temp", "temp@example.com", "secret", is_staff=True)
    get_user_model().objects.create_superuser("gone", "gone@example.com", "secret", is_active=False)
    make_order({apple: 2})
    drained()
    assert {message.to[0] for message in mail.outbox} == {"lin@example.com"}


def test_a_cancelled_order_is_told_once(make_order, apple, buyer):
    order = make_order({apple: 1})
    cancel_order(order.pk, by=buyer, why="changed my mind")
    assert events(buyer) == ["placed", "cancelled"]


def test_a_message_is_in_the_language_the_buyer_ordered_in(make_order, apple, buyer, picker):
    with translation.override("zh-hans"):
        order = make_order({apple: 1})
    with translation.override("en"):
        ship(order.pk, carrier="顺丰", tracking_number="SF1", by="boss")
        drained()
    mine = [message for message in mail.outbox if message.to == ["lin@example.com"]]
    assert [message.subject for message in mine] == [f"订单{order.number}已提交", f"订单{order.number}已发货"]
    assert 'lang="zh-hans"' in mine[0].alternatives[0][0]
    staff = next(message for message in mail.outbox if message.to == ["boss@example.com"])
    assert staff.subject.startswith("To be shipped")


def test_drained_any_number_of_times_each_is_sent_once(make_order, apple, buyer):
    make_order({apple: 1})
    for _ in range(5):
        tasks.drain_messages()
        tasks.drain()
    assert len(mail.outbox) == 1
    assert Message.objects.filter(due=True).count() == 0


def test_what_is_rolled_back_is_told_to_nobody(make_order, apple, buyer):
    apple.pieces = 0
    apple.save()
    with pytest.raises(QuoteChanged):
        make_order({apple: 1})
    assert told() == []


def test_a_mail_server_that_is_away_costs_time_and_no_message(make_order, apple, buyer, settings):
    use(settings, smtp(9))
    make_order({apple: 1})
    drained()
    [letter] = Letter.objects.filter(channel="mail")
    assert (letter.sent_at, letter.attempts) == (None, 1)
    assert "ConnectionRefusedError" in letter.error
    use(settings, in_memory("locmem"))
    Letter.objects.filter(channel="mail").update(due_at=timezone.now() - timedelta(seconds=1))
    assert send_letters() == 1
    assert len(mail.outbox) == 1


def test_an_account_without_an_address_hears_in_the_shop_only(make_order, apple, buyer):
    buyer.email = ""
    buyer.save()
    make_order({apple: 1})
    assert told() == [("placed", "shop")]


def test_a_site_without_channels_writes_nothing(make_order, apple, buyer, settings):
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"CHANNELS": {}}
    make_order({apple: 1})
    assert not Message.objects.exists()


def test_names_and_answers_cannot_smuggle_markup(make_order, buyer):
    order = make_order({Product.objects.create(title="<b>x</b>", yuan=5, pieces=5): 1})
    drained()
    assert "<b>x</b>" in mail.outbox[0].body
    assert "<b>x</b>" not in mail.outbox[0].alternatives[0][0]
    assert "&lt;b&gt;x" in mail.outbox[0].alternatives[0][0]
    assert order.number in mail.outbox[0].subject


class TestMoney:
    @pytest.fixture
    def order(self, make_order, apple, buyer):
        order = make_order({apple: 2}, payment_method="voucher")
        payment = Payment.objects.create(
            order=order,
            gateway="voucher",
            out_trade_no="V1",
            amount=order.total,
            received=order.total,
            state=Payment.State.PAID,
            paid_slot=1,
            subject="x",
            paid_at=timezone.now(),
        )
        mark_paid(order.pk, paid_at=timezone.now(), by="voucher")
        order.refresh_from_db()
        assert payment.state == "paid"
        return order

    def test_a_refund_asked_for_is_told_to_staff_and_a_refusal_to_the_buyer(self, order, buyer, picker):
        refund = request_refund(order=order, by=buyer, key="abcdef123456", reason="too green")
        assert events(picker) == ["new_order", "refund_asked"]
        decline_refund(refund, by=picker, answer="They are meant to be green.")
        assert events(buyer) == ["placed", "paid", "refund_declined"]
        assert "They are meant to be green." in mail.outbox[-1].body

    def test_money_that_went_back_is_told_to_the_buyer(self, order, buyer, picker):
        refund_lines(order=order, by=picker, key="abcdef123456", reason="sorry")
        Refund.objects.update(state=Refund.State.SENT)
        refund = Refund.objects.select_related("payment").get()
        conclude(refund, RefundOutcome(Outcome.DONE))
        assert events(buyer)[-1] == "refunded"
        assert mail.outbox[-1].subject == f"¥21.00 were refunded for order {order.number}"

    def test_a_refund_that_the_gateway_refused_is_told_to_staff_alone(self, order, buyer, picker):
        refund_lines(order=order, by=picker, key="abcdef123456")
        Refund.objects.update(state=Refund.State.SENT)
        conclude(Refund.objects.select_related("payment").get(), RefundOutcome(Outcome.REFUSED, code="NO_MONEY"))
        assert events(picker)[-1] == "dispute"
        assert events(buyer) == ["placed", "paid"]
        assert "NO_MONEY" in mail.outbox[-1].body


class TestStock:
    def test_goods_nearly_sold_out_are_told_once_until_there_are_more(self, picker, settings):
        settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"LOW_STOCK": 3}
        plum = Product.objects.create(title="Plum", yuan=5, pieces=3)
        Product.objects.create(title="Many", yuan=5, pieces=4)
        Product.objects.create(title="Hidden", yuan=5, pieces=0, for_sale=False)
        for _ in range(3):
            tasks.watch_stock()
        assert events(picker) == ["low_stock"]
        assert "Plum: 3" in mail.outbox[0].body
        assert "Many" not in mail.outbox[0].body
        assert "Hidden" not in mail.outbox[0].body
        Product.objects.filter(pk=plum.pk).update(pieces=9)
        tasks.watch_stock()
        assert not LowStock.objects.exists()
        Product.objects.filter(pk=plum.pk).update(pieces=1)
        tasks.watch_stock()
        assert events(picker) == ["low_stock", "low_stock"]

    def test_they_are_told_to_whoever_may_change_them(self, settings):
        settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"LOW_STOCK": 3}
        buys, counts = (
            get_user_model().objects.create_user(name, f"{name}@example.com", is_staff=True)
            for name in ("buys", "counts")
        )
        buys.user_permissions.add(Permission.objects.get(codename="change_product"))
        counts.user_permissions.add(Permission.objects.get(codename="view_salesday"))
        Product.objects.create(title="Plum", yuan=5, pieces=3)
        tasks.watch_stock()
        assert (events(buys), events(counts)) == (["low_stock"], [])
        assert (events_for(buys)[-2:], "low_stock" in events_for(counts)) == (["low_stock", "back_in_stock"], False)
        assert (
            reverse("admin:dailyfresh_orders_dashboard") in mail.outbox[0].body
        )  # this site's admin has no page of them

    def test_a_second_worker_that_looks_at_the_same_time_tells_nothing_twice(self, picker, settings, monkeypatch):
        settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"LOW_STOCK": 3}
        plum, pear = (Product.objects.create(title=title, yuan=5, pieces=3) for title in ("Plum", "Pear"))

        def told_meanwhile(rows, create=LowStock.objects.bulk_create):
            LowStock.objects.create(sku_id=str(plum.pk))
            return create(rows)

        monkeypatch.setattr(LowStock.objects, "bulk_create", told_meanwhile)
        tasks.watch_stock()
        assert events(picker) == []
        monkeypatch.undo()
        LowStock.objects.create(sku_id=str(plum.pk))
        tasks.watch_stock()
        assert [row.sku_id for row in LowStock.objects.order_by("sku_id")] == sorted([str(plum.pk), str(pear.pk)])
        assert events(picker) == ["low_stock"]
        assert "Plum" not in mail.outbox[0].body

    def test_what_is_sold_by_weight_is_nearly_sold_out_in_grams(self, picker, settings, monkeypatch):
        settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"LOW_STOCK": 2000}
        monkeypatch.setattr(Product, "measure", Measured("weight", "weight"), raising=False)
        Product.objects.create(title="Lychee", yuan=12, pieces=750)
        tasks.watch_stock()
        assert events(picker) == ["low_stock"]
        assert "Lychee: 750\N{NO-BREAK SPACE}g" in mail.outbox[0].body


class TestReading:
    @pytest.mark.parametrize("kept", [5, {"placed:mail": 1}, [["placed:mail"], None], "placed:mail"])
    def test_a_choice_that_cannot_be_read_is_none(self, shop, make_order, apple, buyer, kept):
        MessageChoice.objects.create(user=buyer, unwanted=kept)
        make_order({apple: 1})
        drained()
        assert events(buyer) == ["placed"]
        assert shop.get(reverse("dailyfresh_orders:message_choices")).status_code == 200

    def test_unread_messages_are_counted_shown_and_opened(self, shop, make_order, apple, buyer):
        order = make_order({apple: 1})
        drained()
        page = shop.get(reverse("dailyfresh_orders:messages"))
        assert page.context["unread"] == 1
        assert f"Order {order.number} is placed" in page.content.decode()
        letter = Letter.objects.get(channel="shop")
        response = shop.post(reverse("dailyfresh_orders:message", args=[letter.pk]))
        assert response.url == order.get_absolute_url()
        page = shop.get(reverse("dailyfresh_orders:messages"))
        assert page.context["unread"] == 0

    def test_all_are_marked_read_at_once(self, shop, make_order, apple):
        make_order({apple: 1})
        make_order({apple: 1})
        drained()
        shop.post(reverse("dailyfresh_orders:messages_read"))
        assert shop.get(reverse("dailyfresh_orders:messages")).context["unread"] == 0

    def test_somebody_elses_message_is_not_there(self, make_order, apple, stranger):
        make_order({apple: 1})
        drained()
        browser = Client()
        browser.force_login(stranger)
        letter = Letter.objects.get(channel="shop")
        assert browser.post(reverse("dailyfresh_orders:message", args=[letter.pk])).status_code == 404
        assert browser.get(reverse("dailyfresh_orders:messages")).context["letters"] == []
        letter.refresh_from_db()
        assert letter.read_at is None

    def test_looking_changes_nothing(self, shop, make_order, apple):
        make_order({apple: 1})
        drained()
        letter = Letter.objects.get(channel="shop")
        assert shop.get(reverse("dailyfresh_orders:message", args=[letter.pk])).status_code == 405
        assert shop.get(reverse("dailyfresh_orders:messages_read")).status_code == 405
        letter.refresh_from_db()
        assert letter.read_at is None

    def test_a_page_of_messages_takes_the_same_statements_for_one_as_for_many(
        self, shop, make_order, apple, django_assert_max_num_queries
    ):
        for _ in range(8):
            make_order({apple: 1})
        drained()
        with django_assert_max_num_queries(9):
            shop.get(reverse("dailyfresh_orders:messages"))

    def test_what_is_not_wanted_is_not_sent(self, shop, make_order, apple, buyer):
        page = shop.get(reverse("dailyfresh_orders:message_choices"))
        every = [box["value"] for row in page.context["rows"] for box in row["boxes"]]
        assert "placed:mail" in every
        assert "new_order:mail" not in every
        wanted = [each for each in every if each not in ("placed:mail", "shipped:shop")]
        shop.post(reverse("dailyfresh_orders:message_choices"), {"wanted": wanted})
        order = make_order({apple: 1})
        ship(order.pk, carrier="SF", tracking_number="1", by="boss")
        assert told(buyer) == [("placed", "shop"), ("shipped", "mail")]
        page = shop.get(reverse("dailyfresh_orders:message_choices"))
        kept = {box["value"]: box["wanted"] for row in page.context["rows"] for box in row["boxes"]}
        assert {value for value, wanted in kept.items() if not wanted} == {"placed:mail", "shipped:shop"}

    def test_a_choice_that_is_none_is_refused(self, shop):
        answer = shop.post(reverse("dailyfresh_orders:message_choices"), {"wanted": ["placed:pigeon"]})
        assert answer.status_code == 400

    def test_a_forgotten_buyer_leaves_no_letters(self, make_order, apple, buyer):
        make_order({apple: 1})
        drained()
        anonymise(user=buyer)
        assert not Letter.objects.exists()

    def test_messages_of_half_a_year_ago_are_forgotten(self, make_order, apple):
        make_order({apple: 1})
        drained()
        tasks.tidy()
        assert Letter.objects.exists()
        Message.objects.update(at=timezone.now() - timedelta(days=181))
        tasks.tidy()
        assert not Letter.objects.exists()
        assert Order.objects.exists()


class TestStaff:
    @pytest.mark.parametrize("event", Message.Event.values)
    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_every_message_can_be_looked_at_before_it_is_sent(
        self, admin_client, make_order, apple, buyer, event, language
    ):
        order = make_order({apple: 2})
        payment = Payment.objects.create(
            order=order, gateway="voucher", out_trade_no="V1", amount=21, state="paid", subject="x"
        )
        Refund.objects.create(payment=payment, out_request_no="R1", kind="buyer", state="asked", amount=5)
        query = {"event": event, "language": language}
        page = admin_client.get(reverse("admin:dailyfresh_orders_preview"), query)
        assert page.context["written"].subject
        assert not page.context["written"].subject.startswith("{")
        html = admin_client.get(reverse("admin:dailyfresh_orders_preview_page"), query)
        assert html.status_code == 200
        assert f'lang="{language}"' in html.content.decode()
        assert "sandbox" in html["Content-Security-Policy"]

    def test_without_any_order_there_is_nothing_to_look_at(self, admin_client):
        page = admin_client.get(reverse("admin:dailyfresh_orders_preview"))
        assert page.context["written"] is None
        assert admin_client.get(reverse("admin:dailyfresh_orders_preview_page")).status_code == 404
        assert admin_client.get(reverse("admin:dailyfresh_orders_preview"), {"event": "x"}).status_code == 404

    def test_a_letter_that_did_not_arrive_is_sent_again(self, admin_client, make_order, apple):
        make_order({apple: 1})
        drained()
        mail.outbox.clear()
        Letter.objects.filter(channel="mail").update(sent_at=None, error="given up")
        rows = list(Letter.objects.values_list("pk", flat=True))
        listed = reverse("admin:dailyfresh_orders_letter_changelist")
        admin_client.post(listed, {"action": "send_again", "_selected_action": rows})
        send_letters()
        assert sorted(message.to[0] for message in mail.outbox) == ["admin@example.com", "lin@example.com"]

    def test_a_clerk_without_the_right_sees_no_letters(self, client):
        clerk = get_user_model().objects.create_user("clerk", password="secret", is_staff=True)
        client.force_login(clerk)
        for name in ("letter_changelist", "preview", "preview_page"):
            assert client.get(reverse(f"admin:dailyfresh_orders_{name}")).status_code == 403


DRAIN = "import django; django.setup()\nfrom dailyfresh_orders import tasks\ntasks.drain_messages()"


@pytest.mark.parametrize("moment", ["MAIL", "ACCEPT"])
def test_a_worker_killed_at_any_moment_loses_no_message(server, moment):
    """Killed before the server has it: sent once, later. Killed between the server's 250 and our commit: a second time, and never more."""
    with Mailbox() as box:
        more = {"MINISITE_SMTP": str(box.server_address[1])}
        env = minisite_env(server, **more)

        def run(code):
            return subprocess.run(
                [sys.executable, "-c", f"import django; django.setup()\n{code}"],
                env=env,
                cwd=HERE,
                check=True,
                capture_output=True,
                text=True,
            ).stdout

        run(
            "from django.contrib.auth import get_user_model\n"
            f"user = get_user_model().objects.create_user('kill{moment}{os.getpid()}', 'lin@example.com')\n"
            "from dailyfresh_orders.models import Order, Message\n"
            "from django.utils import timezone\n"
            f"order = Order.objects.create(number='K{moment}', token='K{moment}', user=user, state='to_ship', payment_method='cod',"
            " goods_total=5, freight=0, total=5, placed_at=timezone.now())\n"
            "Message.objects.create(event='placed', order=order)\n"
        )
        worker = None

        def kill(conversation):
            worker.kill()
            worker.wait()
            return "250 fine"

        box.answers[moment] = kill
        worker = subprocess.Popen([sys.executable, "-c", DRAIN], env=env, cwd=HERE)
        worker.wait(600)
        assert worker.returncode == -9
        box.answers.clear()
        run("from dailyfresh_orders import tasks; tasks.drain_messages()")
        assert len(box.messages) == (moment == "ACCEPT")  # the claim still holds
        run(
            "from dailyfresh_orders.models import Letter\nfrom django.utils import timezone\n"
            "Letter.objects.exclude(due_at=None).update(due_at=timezone.now())\n"
            "from dailyfresh_orders import tasks\nfor _ in range(3): tasks.drain_messages()"
        )
        assert len(box.messages) == (2 if moment == "ACCEPT" else 1)
        assert len({each["Message-ID"] for each in box.parsed()}) == 1  # mailboxes drop the second


def test_who_waits_for_goods_is_told_in_their_own_language_and_led_to_them(shop, buyer, apple):
    tell_back_in_stock(sku_id=str(apple.pk), name="Apple 500g", people={buyer.pk: "zh-hans"})

    assert told(buyer) == [("back_in_stock", "shop"), ("back_in_stock", "mail")]
    assert mail.outbox[0].subject == "到货了：Apple 500g"
    assert "Apple 500g" in shop.get(reverse("dailyfresh_orders:messages")).content.decode()
    letter = Letter.objects.filter(user=buyer, channel="shop").get()
    assert shop.post(reverse("dailyfresh_orders:message", args=[letter.pk])).url == "/apple/"


def test_goods_that_are_gone_lead_back_to_the_messages(shop, buyer):
    tell_back_in_stock(sku_id="no-such", name="Apple", people={buyer.pk: "en"})
    drained()
    letter = Letter.objects.filter(user=buyer, channel="shop").get()

    assert shop.post(reverse("dailyfresh_orders:message", args=[letter.pk])).url == reverse(
        "dailyfresh_orders:messages"
    )


def test_who_left_since_is_told_nothing(buyer):
    get_user_model().objects.filter(pk=buyer.pk).update(is_active=False)
    tell_back_in_stock(sku_id="1", name="Apple", people={buyer.pk: "en"})

    assert told() == []


def test_a_name_in_another_language_says_so_in_a_message(make_order, apple, buyer, client):
    order = make_order({apple: 1})
    Order.objects.filter(pk=order.pk).update(language="zh-hans")
    order.lines.update(name="<草莓>")
    address_messages()
    send_letters()
    client.force_login(buyer)
    page = client.get(reverse("dailyfresh_orders:messages")).content.decode()
    assert '<bdi lang="zh-hans">&lt;草莓&gt;</bdi>' in page


def test_a_name_that_stands_in_another_one_is_marked_with_it_and_not_again(make_order, apple, pear, buyer):
    order = make_order({apple: 1, pear: 1})
    order.language = "zh-hans"
    for line, name in zip(order.lines.all(), ("草莓", "红颜草莓"), strict=True):
        order.lines.filter(pk=line.pk).update(name=name)
    text = names_said("红颜草莓, 草莓 and bdi", order)
    assert text == '<bdi lang="zh-hans">红颜草莓</bdi>, <bdi lang="zh-hans">草莓</bdi> and bdi'
    assert names_said("<b>", None) == "&lt;b&gt;"
