"""System checks: each names the setting, and says what to do."""

from importlib.util import find_spec

import pytest
from dailyfresh_core.testing.mailbox import mail, smtp
from django.core.checks import run_checks

WELL = {
    **smtp(25),
    "CACHES": {"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://127.0.0.1/0"}},
    "DAILYFRESH_USERS": {"TASKS": "celery", "SITE_URL": "https://shop.example"},
}


EXTRAS = pytest.mark.skipif(
    not (find_spec("celery") and find_spec("django_redis")), reason="without the extras celery and redis"
)


def found(settings, *, deploy=False, **changes):
    for name, value in changes.items():
        setattr(settings, name, value)
    messages = run_checks(include_deployment_checks=deploy)
    return {message.id.partition(".")[2]: message for message in messages if message.id.startswith("dailyfresh_users.")}


@EXTRAS
def test_a_site_as_the_readme_says_has_nothing_to_mend(settings):
    assert found(settings) == {}
    assert found(settings, deploy=True, **WELL) == {}


@pytest.mark.parametrize(
    ("dictionary", "identity", "words"),
    [
        ({"ADRESS_LIMIT": 3}, "W001", "ADDRESS_LIMIT"),
        ({"XYZZY": 3}, "W001", "no effect"),
        ({"TASKS": "cellery"}, "E003", "cellery"),
        ({"LOGIN_FREE": "five"}, "E003", "a whole number"),
        ({"PENDING_AGE": 60}, "W005", "PENDING_AGE"),
        ({"THROTTLE_CACHE": "nowhere"}, "E001", "nowhere"),
        ({"THROTTLES": {"logins": (1, 1)}}, "E002", "logins"),
        ({"THROTTLES": {"login": (0, 60)}}, "E002", "above 0"),
        ({"THROTTLES": {"login": (5,)}}, "E002", "above 0"),
        ({"TRUSTED_PROXIES": ["10.0.0.0/99"]}, "E003", "10.0.0.0/99"),
        ({"SITE_URL": "shop.example"}, "E004", "shop.example"),
        ({"SITE_URL": "ftp://shop.example"}, "E004", "scheme"),
        ({"LOGIN_REDIRECT": "no-such-name"}, "E007", "no-such-name"),
        ({"TERMS_URL": "no-such-name"}, "E007", "TERMS_URL"),
    ],
)
def test_a_setting_that_will_not_do_is_named(settings, dictionary, identity, words):
    messages = found(settings, DAILYFRESH_USERS=dictionary)
    assert list(messages) == [identity]
    assert words in f"{messages[identity].msg} {messages[identity].hint}"


@pytest.mark.parametrize(
    ("changes", "identity"),
    [
        ({"LOGIN_URL": "/accounts/login/"}, "W002"),
        ({"LOGIN_URL": "no-such-name"}, "W002"),
        ({"SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies"}, "W003"),
        ({"MIDDLEWARE": []}, "W004"),
        ({"ROOT_URLCONF": "minisite.empty"}, "E006"),
    ],
)
def test_a_site_that_is_not_joined_up_hears_so(settings, changes, identity):
    if "MIDDLEWARE" in changes:
        changes = {"MIDDLEWARE": [name for name in settings.MIDDLEWARE if "dailyfresh" not in name]}
    assert list(found(settings, **changes)) == [identity]


@EXTRAS
@pytest.mark.parametrize(
    ("changes", "identity"),
    [
        (mail("console"), "W010"),
        ({"CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}}, "W011"),
        ({"SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https")}, "W012"),
        ({"DAILYFRESH_USERS": {"TASKS": "celery"}, "ALLOWED_HOSTS": ["*"]}, "W013"),
        ({"DAILYFRESH_USERS": {"SITE_URL": "https://shop.example"}}, "W014"),
        ({"AUTH_PASSWORD_VALIDATORS": []}, "W015"),
    ],
)
def test_what_works_on_a_laptop_only_is_said_before_the_shop_opens(settings, changes, identity):
    assert list(found(settings, deploy=True, **WELL | changes)) == [identity]
    assert "W" not in "".join(found(settings, **WELL | changes))


def test_a_user_model_that_cannot_be_registered_here_is_named(settings, monkeypatch):
    from django.contrib.auth import get_user_model

    model = get_user_model()
    monkeypatch.setattr(model, "REQUIRED_FIELDS", ["birthday"])
    messages = found(settings)
    assert list(messages) == ["E005"]
    assert "birthday" in messages["E005"].msg
    monkeypatch.setattr(model, "REQUIRED_FIELDS", [])
    monkeypatch.setattr(model, "USERNAME_FIELD", model.get_email_field_name())
    assert "nobody owns" in found(settings)["E005"].msg
    assert "E005" not in found(settings, DAILYFRESH_USERS={"REGISTRATION": False})


def test_an_unknown_setting_is_an_attribute_error():
    from dailyfresh_users.conf import conf

    with pytest.raises(AttributeError, match="NO_SUCH"):
        conf.NO_SUCH  # noqa: B018


def test_another_login_page_of_the_site_will_do(settings):
    assert found(settings, LOGIN_URL="/admin/login/") == {}


def test_a_laptop_without_a_mail_server_is_told_while_it_is_tried_out(settings):
    on_this_machine = {**smtp(25), "DEBUG": True}
    assert list(found(settings, **on_this_machine)) == ["W007"]
    assert found(settings, **{**on_this_machine, **smtp(2525)}) == {}
    assert found(settings, **{**on_this_machine, **mail("console")}) == {}
    assert found(settings, **{**on_this_machine, "DEBUG": False}) == {}
