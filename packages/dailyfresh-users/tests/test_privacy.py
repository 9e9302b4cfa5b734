"""Taking one's data, and leaving."""

import json
import time

import pytest
from conftest import ADDRESS, PASSWORD, make_user, sign_in, text, url
from dailyfresh_users import models
from dailyfresh_users.exceptions import ErasureRefused
from dailyfresh_users.services import finish_erasures
from dailyfresh_users.signals import account_erased, account_erasing, account_exporting
from dailyfresh_users.tasks import drain
from django.contrib.auth import get_user_model

pytestmark = pytest.mark.django_db


@pytest.fixture
def listen():
    connected = []

    def connect(signal, receiver):
        signal.connect(receiver, weak=False)
        connected.append((signal, receiver))

    yield connect
    for signal, receiver in connected:
        signal.disconnect(receiver)


def exists(user):
    return get_user_model().objects.filter(pk=user.pk).exists()


def erase(client, password=PASSWORD):
    return client.post(url("erase"), {"password": password})


def test_the_export_holds_everything_of_the_account_and_nothing_of_others(user):
    signed_in = sign_in(user)
    make_user("otherone", "other@example.com")
    signed_in.post(url("address_add"), ADDRESS)
    response = signed_in.get(url("export"))
    assert response.headers["Content-Disposition"] == 'attachment; filename="account.json"'
    assert "no-store" in response.headers["Cache-Control"]
    data = json.loads(response.content)
    assert data["account"]["username"] == "linxiaohe"
    assert data["account"]["email"] == "lin@example.com"
    assert data["addresses"][0]["street"] == "科育南路 2 号院 5 号楼"
    assert data["sessions"][0]["address"] == "127.0.0.1"
    raw = response.content.decode()
    assert "林晓禾" in raw
    for secret in ("otherone", user.password, signed_in.session.session_key):
        assert secret not in raw


def test_an_export_that_lacks_a_part_is_none_and_says_so(signed_in, listen):
    def unreachable(user, **kwargs):
        raise OSError("down")

    listen(account_exporting, unreachable)
    response = signed_in.get(url("export"))
    assert response.status_code == 503
    assert "Part of your data cannot be reached at the moment." in text(response)
    assert "Content-Disposition" not in response.headers
    response = signed_in.get(url("export"), headers={"Accept-Language": "zh-hans"})
    assert "您的部分数据暂时无法读取" in text(response)


def test_other_apps_add_their_part_to_the_export(signed_in, listen):
    listen(account_exporting, lambda user, **kwargs: {"orders": [user.get_username()]})
    listen(account_exporting, lambda user, **kwargs: None)
    assert signed_in.get(url("export")).json()["orders"] == ["linxiaohe"]


def test_an_account_is_erased_with_all_that_stands_beside_it(signed_in, user, listen):
    signed_in.post(url("address_add"), ADDRESS)
    heard = []
    listen(account_erasing, lambda user, **kwargs: heard.append((user.pk, user.dailyfresh_addresses.count())))
    pk = user.pk
    response = erase(signed_in)
    assert "Your account is deleted" in text(response)
    assert heard == [(pk, 1)]
    assert not exists(user)
    for model in (models.Address, models.UserSession, models.Registration, models.Mail):
        assert not model.objects.exists()
    assert signed_in.get(url("profile")).status_code == 302
    assert signed_in.post(url("login"), {"username": "linxiaohe", "password": PASSWORD}).status_code == 200


@pytest.mark.parametrize("password", ["wrong", "", "x" * 5000])
def test_erasing_needs_the_password(signed_in, user, password):
    assert erase(signed_in, password).context["form"].errors["password"]
    assert signed_in.get(url("erase")).status_code == 200
    assert exists(user)


def test_a_receiver_can_object_and_its_words_are_shown(signed_in, user, listen):
    def object_to(**kwargs):
        raise ErasureRefused("An order is still on its way.")

    written = models.Address.objects.filter(user=user)
    listen(account_erasing, lambda user, **kwargs: written.update(receiver="anonymous"))
    listen(account_erasing, object_to)
    signed_in.post(url("address_add"), ADDRESS)
    response = erase(signed_in)
    assert response.status_code == 409
    assert "An order is still on its way." in text(response)
    assert written.get().receiver == "林晓禾"
    assert signed_in.get(url("profile")).status_code == 200


def test_rows_of_another_app_can_hold_an_account(signed_in, user):
    from minisite.models import Parcel

    Parcel.objects.create(owner=user)
    response = erase(signed_in)
    assert response.status_code == 409
    assert "still needs this account" in text(response)
    assert exists(user)
    assert signed_in.get(url("profile")).status_code == 200


@pytest.mark.parametrize("field", ["is_staff", "is_superuser"])
def test_staff_do_not_erase_themselves(signed_in, user, field):
    setattr(user, field, True)
    user.save()
    assert erase(signed_in).status_code == 409
    assert exists(user)


def test_what_lies_elsewhere_is_forgotten_after_the_commit_and_not_before(signed_in, user, listen, commit):
    forgotten = []
    listen(account_erased, lambda user_id, **kwargs: forgotten.append(user_id))
    pk = str(user.pk)
    with commit():
        erase(signed_in)
        assert forgotten == []
    assert forgotten == [pk]
    assert not models.Erasure.objects.exists()
    drain()
    assert forgotten == [pk]


def test_a_receiver_that_fails_is_asked_again_by_the_next_drain(signed_in, user, listen, commit):
    asked = []

    def forget(user_id, **kwargs):
        asked.append(user_id)
        if len(asked) < 3:
            raise OSError("down")

    listen(account_erased, forget)
    with commit():
        assert erase(signed_in).status_code == 200
    assert not exists(user)
    drain()
    assert models.Erasure.objects.count() == 1
    drain()
    assert len(asked) == 3
    assert not models.Erasure.objects.exists()


def test_an_account_that_stays_is_forgotten_nowhere(signed_in, user, listen, commit):
    from minisite.models import Parcel

    Parcel.objects.create(owner=user)
    forgotten = []
    listen(account_erased, lambda user_id, **kwargs: forgotten.append(user_id))
    with commit():
        assert erase(signed_in).status_code == 409
    drain()
    assert forgotten == []


def test_a_drain_gives_up_after_three_failures_in_a_row_and_logs_each_once(db, listen, caplog):
    models.Erasure.objects.bulk_create(models.Erasure(user_id=str(n)) for n in range(10))
    asked = []

    def forget(user_id, **kwargs):
        asked.append(user_id)
        raise OSError("down")

    listen(account_erased, forget)
    drain()
    assert len(asked) == len(caplog.records) == 3
    assert models.Erasure.objects.count() == 10


def test_a_drain_begins_nothing_new_after_its_time_and_no_more_than_its_number(db, listen):
    models.Erasure.objects.bulk_create(models.Erasure(user_id=str(n)) for n in range(10))
    listen(account_erased, lambda user_id, **kwargs: time.sleep(0.2))
    assert finish_erasures(at_most=3) == 3
    assert finish_erasures(seconds=0.15) == 1
    assert finish_erasures() == 6


def test_erasures_that_fail_for_ever_do_not_keep_the_others(db, listen):
    models.Erasure.objects.bulk_create(models.Erasure(user_id=str(n)) for n in range(12))

    def forget(user_id, **kwargs):
        if int(user_id) < 6:
            raise OSError("never")

    listen(account_erased, forget)
    for _drains in range(200):
        drain()
    assert models.Erasure.objects.count() == 6
