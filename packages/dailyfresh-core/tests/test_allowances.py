from typing import Any

from dailyfresh_core.allowances import count, give_back, spend


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
