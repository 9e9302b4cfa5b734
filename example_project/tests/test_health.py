"""What machines and people are told of the shop's health."""

import re
from datetime import timedelta
from typing import Any

import pytest
from dailyfresh_delivery.models import Pattern, Slot, Zone
from dailyfresh_goods.models import StalePage
from dailyfresh_orders.models import Order, Payment, Refund, RefundPicture
from dailyfresh_users.models import Mail
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from store.health import HEARTBEAT
from store.tasks import heartbeat

pytestmark = pytest.mark.django_db


def told(client: Client) -> dict[str, dict[str, Any]]:
    return client.get("/partsz").json()["parts"]


def unplug(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        from django.db import OperationalError

        raise OperationalError(2003, "Can't connect")

    monkeypatch.setattr(connections["default"], "cursor", refuse)


def test_alive_ready_and_started_are_three_answers(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [client.get(path).status_code for path in ("/livez", "/healthz", "/startz")] == [200, 200, 200]

    unplug(monkeypatch)

    assert [client.get(path).status_code for path in ("/livez", "/healthz", "/startz")] == [200, 503, 503]


def test_a_shop_whose_tables_are_older_than_its_code_is_not_started(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'dailyfresh_orders'")
    answer = client.get("/startz")
    assert (answer.status_code, b"migrations are missing" in answer.content) == (503, True)


def test_each_part_is_told_by_itself(client: Client) -> None:
    heartbeat()
    found = told(client)
    assert {name for name, part in found.items() if part["well"]} >= {"database", "carts", "cache", "worker", "pages"}
    assert not found["background"]["well"]
    assert found["worker"]["seconds"] < 5


def test_a_worker_that_gave_no_sign_is_told(client: Client) -> None:
    assert not told(client)["worker"]["well"]
    cache.set(HEARTBEAT + "worker", timezone.now().timestamp() - 3600, timeout=None)
    assert "no sign of life" in told(client)["worker"]["said"]
    assert client.get("/partsz").status_code == 503


def test_a_drain_that_is_behind_is_told_with_its_lag(client: Client, buyer: Any) -> None:
    page = StalePage.objects.create(key="home")
    mail = Mail.objects.create(user=buyer, kind="reset", language="en", origin="https://shop.example")
    assert told(client)["pages"] | {"seconds": 0} == {
        "name": "pages",
        "well": True,
        "waiting": 1,
        "seconds": 0,
        "said": "",
    }
    StalePage.objects.filter(pk=page.pk).update(marked_at=timezone.now() - timedelta(minutes=5))
    Mail.objects.filter(pk=mail.pk).update(due_at=timezone.now() - timedelta(hours=1))
    found = told(client)
    assert [found[name]["well"] for name in ("pages", "mails")] == [False, False]
    assert 299 < found["pages"]["seconds"] < 320
    assert found["mails"]["said"] == "the oldest has been due for 1:00:00"


def test_staff_read_every_part_and_what_is_wrong_with_it_in_their_language(admin_client: Client) -> None:
    cache.set(HEARTBEAT + "worker", timezone.now().timestamp() - 3600, timeout=None)
    page = admin_client.get("/admin/parts/", headers={"accept-language": "zh-hans"}).content.decode()
    names = re.findall(r'<th scope="row">(.*?)</th>', page)
    assert len(names) > 15
    assert [name for name in names if re.search("[a-z]", name)] == []
    assert "没有心跳" in page
    assert "no sign of life" in told(admin_client)["worker"]["said"], "machines read one language"


def test_pictures_wait_behind_a_long_import_without_alarm_those_of_refunds_too(client: Client) -> None:
    order = Order.objects.create(
        number="1",
        token="1",
        state="done",
        payment_method="cod",
        goods_total=9,
        freight=0,
        total=9,
        placed_at=timezone.now(),
    )
    payment = Payment.objects.create(order=order, gateway="cod", out_trade_no="1", amount=9, subject="x")
    refund = Refund.objects.create(payment=payment, out_request_no="1", amount=9)
    for minutes, well in ((20, True), (40, False)):
        due = timezone.now() - timedelta(minutes=minutes)
        RefundPicture.objects.update_or_create(refund=refund, defaults={"draw_at": due})
        found = told(client)["refund pictures"]
        assert (found["waiting"], found["well"], bool(found["said"])) == (1, well, not well)


def test_without_the_database_the_other_parts_are_told_all_the_same(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    unplug(monkeypatch)
    found = told(client)
    assert (found["database"]["well"], found["carts"]["well"]) == (False, True)
    assert "mails" not in found


def test_a_shop_that_delivers_and_has_no_window_to_come_is_told(client: Client) -> None:
    assert told(client)["windows"]["well"]
    Slot.objects.all().delete()
    assert not told(client)["windows"]["well"]
    Pattern.objects.all().delete()
    Zone.objects.all().delete()
    assert told(client)["windows"]["well"]
