"""How `make chaos` judges mails."""

from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from chaos.books import mails
from django.utils import timezone

NOW = timezone.now().replace(microsecond=0)
AT = NOW.timestamp()


@pytest.fixture
def came(settings: Any, tmp_path: Path) -> Any:
    """Has mails lie there, as (Message-ID, seconds from now)."""
    settings.VAR_DIR = tmp_path
    box = tmp_path / "mails" / "new"
    box.mkdir(parents=True)

    def write(*pairs: tuple[str, int]) -> None:
        for number, (reference, seconds) in enumerate(pairs):
            mail = EmailMessage()
            mail["To"], mail["Subject"], mail["Message-ID"] = (
                "lin@shop.example",
                "Refunded 25.80",
                f"<{reference}@shop>",
            )
            mail["Date"] = format_datetime(NOW + timedelta(seconds=seconds))
            (box / str(number)).write_bytes(mail.as_bytes())

    return write


def said(*blows: list[float]) -> list[str]:
    return list(mails([{"registered": ["lin@shop.example"]}], list(blows), since=AT - 60))


def test_two_mails_with_the_same_words_are_two(came: Any) -> None:
    came(("letter-1", 0), ("letter-2", 9), ("letter-3", 20))
    assert said() == []


def test_a_mail_that_comes_again_is_wrong_where_nothing_was_killed(came: Any) -> None:
    came(("letter-1", 0), ("letter-1", 200))
    assert said() == said([AT + 90, AT + 94]) == ["the mail Refunded 25.80 to lin@shop.example came 2 times"]
    assert said([AT + 2, AT + 2]) == []


def test_a_third_time_needs_a_second_kill(came: Any) -> None:
    came(("letter-1", 0), ("letter-1", 200), ("letter-1", 400))
    assert said([AT, AT]) == ["the mail Refunded 25.80 to lin@shop.example came 3 times"]
    assert said([AT, AT], [AT + 201, AT + 205]) == []


def test_a_mail_that_never_came_is_missed(came: Any) -> None:
    assert said() == ["the mail to lin@shop.example never came"]
