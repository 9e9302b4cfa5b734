from typing import Any

from dailyfresh_core.allowances import (
    DEFAULTS,
    Held,
    count,
    give_back,
    held_back,
    hold_again,
    let_go,
    spend,
    subject_of,
    use,
)
from django.core.cache import cache
from django.utils.translation import override


def test_attempts_are_allowed_until_they_are_used_up() -> None:
    waits = [spend("tea", "ann", attempts=2, seconds=1000) for _ in range(3)]
    assert waits[:2] == [0, 0]
    assert 0 < waits[2] <= 1000
    assert spend("tea", "bob", attempts=2, seconds=1000) == 0
    give_back("tea", "ann", seconds=1000)
    give_back("tea", "ann", seconds=1000)
    assert spend("tea", "ann", attempts=2, seconds=1000) == 0


def test_a_subject_of_any_length_and_sign_is_counted() -> None:
    assert [count("mail", "x y\n" * 500, seconds=60) for _ in range(2)] == [1, 2]


def test_a_dead_cache_closes_no_shop(settings: Any, caplog: Any) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": "/proc/no"}
    }
    assert spend("coffee", "ann", attempts=0, seconds=60) > 0
    assert "does not answer" in caplog.text


def test_who_is_held_back_is_listed_and_can_be_let_go() -> None:
    cache.clear()
    assert [spend("cocoa", "ann", attempts=1, seconds=1000) > 0 for _ in range(3)] == [False, True, True]
    assert [(each.name, each.subject, each.times, each.free) for each in held_back()] == [("cocoa", "ann", 2, False)]
    let_go("cocoa", "ann")
    assert spend("cocoa", "ann", attempts=1, seconds=1000) == 0
    assert held_back()[0].free
    hold_again("cocoa", "ann")
    assert spend("cocoa", "ann", attempts=1, seconds=1000) > 0


def test_foreign_bytes_in_the_list_hold_nobody_back() -> None:
    cache.set("dailyfresh:held", b"nonsense")
    assert held_back() == []
    assert spend("milk", "ann", attempts=0, seconds=1000) > 0


def test_a_site_says_what_it_allows(settings: Any) -> None:
    settings.DAILYFRESH = {"ALLOWANCES": {"search": (1, 1000), "suggest": None}}
    assert [use("search", "eve") > 0 for _ in range(2)] == [False, True]
    assert not any(use("suggest", "eve") for _ in range(700))


def test_staff_read_what_an_allowance_is_about_in_their_language() -> None:
    for name in DEFAULTS:
        with override("zh-hans"):
            chinese = Held(name, "ann", 0.0, 1).label
        with override("en"):
            assert name not in (chinese, english := Held(name, "ann", 0.0, 1).label)
        assert chinese != english
    assert Held("cocoa", "ann", 0.0, 1).label == "cocoa"


def test_guests_of_one_address_are_one_and_accounts_are_each_their_own(rf: Any, django_user_model: Any) -> None:
    def who(password: str | None, address: str = "192.0.2.7") -> str:
        request = rf.get("/", REMOTE_ADDR=address)
        request.user = django_user_model(pk=next(numbers))
        request.user.set_password(password)
        return subject_of(request, trusted=[])

    numbers = iter(range(1, 9))
    assert who(None) == who(None) == "192.0.2.7" != who(None, "192.0.2.8")
    assert who("Lychee-4711") == "account 4" != who("Lychee-4711")
