"""The link of the activation mail (seed 8)."""

from datetime import timedelta

import pytest
from conftest import PASSWORD, account, link_of, make_foreign_user, make_user, register, text, url
from dailyfresh_core.db.retrying import Busy
from dailyfresh_users import models, tokens
from dailyfresh_users.services import remove_unactivated
from dailyfresh_users.signals import user_activated
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from itsdangerous import URLSafeTimedSerializer

pytestmark = pytest.mark.django_db
SALT = "dailyfresh_users.activation"


def set_email(user, email):
    setattr(user, user.get_email_field_name(), email)
    user.save()


def test_looking_at_the_link_activates_nothing(client, pending_link):
    for method in ("get", "head"):
        assert getattr(client, method)(pending_link).status_code == 200
    assert client.options(pending_link).status_code == 405
    assert not account("linxiaohe").is_active


def test_the_button_activates_once(client, pending_link):
    heard = []
    user_activated.connect(lambda user, **kwargs: heard.append(user.pk), weak=False, dispatch_uid="test")
    try:
        assert client.post(pending_link).status_code == 200
        again = client.post(pending_link)
    finally:
        user_activated.disconnect(dispatch_uid="test")
    user = account("linxiaohe")
    assert user.is_active
    assert user.dailyfresh_registration.email_key == "lin@example.com"
    assert heard == [user.pk]
    assert again.status_code == 410
    assert "active already" in text(again)


def test_the_form_of_the_link_is_protected_against_forgery(pending_link):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(pending_link).status_code == 403
    assert not account("linxiaohe").is_active


def test_a_database_that_is_too_busy_is_a_sentence_and_the_link_stays_good(client, pending_link, monkeypatch):
    def loses(*args, **kwargs):
        raise Busy("activate_account lost every race")

    with monkeypatch.context() as patch:
        patch.setattr("dailyfresh_users.views.registration.activate_account", loses)
        response = client.post(pending_link)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "press the button once more" in text(response)
    assert "Activated" in text(client.post(pending_link))


def test_an_expired_link_says_so_and_offers_another(client, pending_link, settings):
    settings.DAILYFRESH_USERS = {"ACTIVATION_AGE": -1}
    response = client.post(pending_link)
    assert response.status_code == 410
    assert "expired" in text(response)
    assert f'action="{url("resend")}"' in response.content.decode()
    assert not account("linxiaohe").is_active


@pytest.mark.parametrize(
    "token",
    ["x", "a.b.c", "....", "x" * 5000, "WzEsMl0.ZZZZ.ZZZZ", "%00", "../../etc", "鲜"],
)
def test_a_forged_link_says_so(client, db, token):
    response = client.get(f"/shop/account/activate/{token}/", follow=True)
    assert response.status_code in {400, 404}
    if response.status_code == 400:
        assert "not an activation link" in text(response)


@pytest.mark.parametrize("payload", [None, 1, "text", [], [1], [1, 2, 3], {"pk": 1}, [[1], [2]], [None, None]])
def test_a_well_signed_token_of_another_shape_is_forged(client, payload):
    token = URLSafeTimedSerializer(django_settings.SECRET_KEY, salt=SALT).dumps(payload)
    assert client.get(url("activate", token)).status_code in {400, 410}


def test_a_changed_token_is_forged(client, pending_link):
    for position in range(0, len(pending_link) - len(url("resend")) - 2, 7):
        at = len(url("resend")) + position
        changed = pending_link[:at] + ("A" if pending_link[at] != "A" else "B") + pending_link[at + 1 :]
        assert client.post(changed).status_code == 400, position
    assert not account("linxiaohe").is_active


def test_a_token_for_another_purpose_activates_nothing(client, pending_link):
    user = account("linxiaohe")
    state = tokens._state(user)
    token = URLSafeTimedSerializer(django_settings.SECRET_KEY, salt="password").dumps([str(user.pk), state])
    assert client.post(url("activate", token)).status_code == 400


def test_a_link_of_an_account_disabled_by_staff_revives_nothing(client, pending_link):
    client.post(pending_link)
    user = account("linxiaohe")
    user.is_active = False
    user.save()
    assert client.post(pending_link).status_code == 410
    assert not account("linxiaohe").is_active


def test_an_account_activated_by_staff_and_disabled_again_stays_disabled(client, pending_link):
    user = account("linxiaohe")
    for active in (True, False):
        user.is_active = active
        user.save()
    assert client.post(pending_link).status_code == 410
    assert not account("linxiaohe").is_active


def test_staff_who_activate_an_account_confirm_its_address(client, pending_link):
    user = account("linxiaohe")
    user.is_active = True
    user.save()
    registration = models.Registration.objects.get()
    assert registration.activated_at is not None
    assert registration.email_key == "lin@example.com"


def test_an_address_that_an_account_gave_up_is_free_again(client, pending_link, commit):
    client.post(pending_link)
    user = account("linxiaohe")
    set_email(user, "moved@example.com")
    assert models.Registration.objects.get().email_key == "moved@example.com"
    cache.clear()
    with commit():
        register(Client(), username="newcomer")
    assert client.post(link_of(mail.outbox[-1])).status_code == 200
    set_email(user, "lin@example.com")
    assert user.dailyfresh_registration.__class__.objects.get(user=user).email_key is None


def test_removing_the_registration_refuses_the_account(client, pending_link):
    models.Registration.objects.all().delete()
    assert client.post(pending_link).status_code == 410


@pytest.mark.parametrize("change", ["password", "email", "username", "removed"])
def test_a_link_is_void_once_the_account_was_changed(client, pending_link, change):
    user = account("linxiaohe")
    if change == "password":
        user.set_password("Another-2026")
        user.save()
    elif change == "email":
        set_email(user, "other@example.com")
    elif change == "username":
        setattr(user, user.USERNAME_FIELD, "othername")
        user.save()
    else:
        user.delete()
    response = client.post(pending_link)
    assert response.status_code == 410
    assert not get_user_model().objects.filter(is_active=True).exists()


def test_of_two_accounts_with_one_address_the_first_activated_has_it(client, commit):
    links = []
    for name in ("firstname", "secondname"):
        cache.clear()
        with commit():
            register(Client(), username=name)
        links.append(link_of(mail.outbox[-1]))
    assert client.post(links[1]).status_code == 200
    assert client.post(links[0]).status_code == 410
    assert not account("firstname").is_active


def test_an_address_given_to_a_foreign_account_meanwhile_is_not_taken_from_it(client, pending_link):
    make_foreign_user("oldtimer", "LIN@example.com")
    assert client.post(pending_link).status_code == 410


def test_links_survive_a_new_secret_key_while_the_old_one_is_a_fallback(client, pending_link, settings):
    old, settings.SECRET_KEY = settings.SECRET_KEY, "the new one"
    assert client.get(pending_link).status_code == 400
    settings.SECRET_KEY_FALLBACKS = ["an even older one", old]
    assert client.get(pending_link).status_code == 200
    assert client.post(pending_link).status_code == 200


def test_new_links_are_signed_with_the_new_key_only(client, pending_link, settings):
    settings.SECRET_KEY_FALLBACKS = ["the old one"]
    token = tokens.activation_token(account("linxiaohe"))
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get(url("activate", token)).status_code == 200


def test_another_mail_is_sent_once_a_minute(client, pending_link, commit):
    mail.outbox.clear()
    assert client.post(url("resend"), {"email": "lin@example.com"}).status_code == 429
    cache.clear()
    with commit():
        assert client.post(url("resend"), {"email": "LIN@example.com"}).url == url("resend")
    assert client.post(link_of(mail.outbox[0])).status_code == 200


@pytest.mark.parametrize("email", ["nobody@example.com", "active@example.com", "disabled@example.com"])
def test_asking_for_another_mail_says_nothing_about_an_address(client, email, commit):
    make_user("activeone", "active@example.com")
    make_user("disabledone", "disabled@example.com", is_active=False)
    with commit():
        response = client.post(url("resend"), {"email": email}, follow=True)
    assert text(response).count(email) == 1
    assert mail.outbox == []


@pytest.mark.parametrize("email", ["", "garbage", "x" * 300])
def test_another_mail_needs_an_address(client, email):
    response = client.post(url("resend"), {"email": email})
    assert response.status_code == 200
    assert response.context["form"].errors["email"]


def test_accounts_that_nobody_activated_are_removed_and_their_names_free_again(client, pending_link):
    make_user("staying")
    make_foreign_user("disabled", "d@example.com", is_active=False)
    assert remove_unactivated() == 0
    models.Registration.objects.update(registered_at=timezone.now() - timedelta(days=8))
    assert remove_unactivated() == 1
    names = get_user_model().objects.values_list(get_user_model().USERNAME_FIELD, flat=True)
    assert sorted(names) == ["disabled", "staying"]
    assert client.get(pending_link).status_code == 410


def test_a_site_can_keep_accounts_that_nobody_activated(pending_link, settings):
    settings.DAILYFRESH_USERS = {"PENDING_AGE": None}
    models.Registration.objects.update(registered_at=timezone.now() - timedelta(days=800))
    assert remove_unactivated() == 0


def test_an_account_that_other_rows_hold_is_not_removed(pending_link):
    from minisite.models import Parcel

    Parcel.objects.create(owner=account("linxiaohe"))
    models.Registration.objects.update(registered_at=timezone.now() - timedelta(days=8))
    assert remove_unactivated() == 0
    assert account("linxiaohe")


def test_a_link_is_built_from_the_host_that_the_site_admits(client, commit, settings):
    with commit():
        register(Client(HTTP_HOST="shop.example"))
    assert "http://shop.example/shop/account/activate/" in mail.outbox[0].body
    assert register(Client(HTTP_HOST="evil.example"), username="another").status_code == 400
    settings.DAILYFRESH_USERS = {"SITE_URL": "https://www.shop.example"}
    with commit():
        register(Client(), username="another", email="o@example.com")
    assert "https://www.shop.example/shop/account/activate/" in mail.outbox[1].body


def test_signing_in_before_activation_is_told_only_after_a_right_password(client, pending_link):
    right = client.post(url("login"), {"username": "linxiaohe", "password": PASSWORD})
    wrong = client.post(url("login"), {"username": "linxiaohe", "password": "wrong"})
    assert "activate your account first" in text(right)
    assert "activate" not in text(wrong)
    assert "_auth_user_id" not in client.session
