"""Mail keeps the contract that every channel keeps; and what the outbox does with what a channel says."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from dailyfresh_core.background.outbox import Undeliverable, deliver, reference_of
from dailyfresh_core.channels import MailChannel, Written, mail
from dailyfresh_core.testing.channels import ChannelContract
from dailyfresh_core.testing.mailbox import Mailbox, smtp
from django.utils import timezone
from minisite.models import Letter


class Person(SimpleNamespace):
    @classmethod
    def get_email_field_name(cls) -> str:
        return "mail"


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    with Mailbox() as server:
        for name, value in smtp(server.server_address[1], timeout=None).items():
            setattr(settings, name, value)
        yield server


class TestMail(ChannelContract):
    @pytest.fixture
    def channel(self, mailbox: Mailbox) -> MailChannel:
        return MailChannel(sender="shop@example.com")

    @pytest.fixture
    def reachable(self) -> Person:
        return Person(mail="lin@example.com")

    @pytest.fixture
    def unreachable(self) -> Person:
        return Person(mail="")

    @pytest.fixture
    def arrived(self, mailbox: Mailbox) -> Callable[[], list[tuple[str, str]]]:
        def read() -> list[tuple[str, str]]:
            return [
                (", ".join(letter.get_all("To") + letter.get_all("Bcc", [])), letter.get_body(["plain"]).get_content())
                for letter in mailbox.parsed()
            ]

        return read

    @pytest.fixture
    def away(self, mailbox: Mailbox, monkeypatch: Any) -> None:
        monkeypatch.setattr(mail, "TIMEOUT", 0.2)
        mailbox.answers["MAIL"] = lambda conversation: mailbox.accepted.wait(2) and None

    @pytest.fixture
    def refusing(self, mailbox: Mailbox) -> None:
        mailbox.answers["RCPT"] = "550 nobody here"


@pytest.fixture
def letter(db: None) -> Letter:
    return Letter.objects.create(due_at=timezone.now() - timedelta(seconds=1))


def sent(letter: Letter, outcome: bool | Exception, *, asked: timedelta = timedelta()) -> bool:
    def send() -> bool:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return deliver(letter, send, asked_at=timezone.now() - asked)


def row() -> tuple[datetime | None, bool, int, str]:
    found = Letter.objects.get()
    return found.due_at, found.sent_at is not None, found.attempts, found.error


def test_what_was_handed_over_is_closed(letter: Letter) -> None:
    assert sent(letter, True)
    assert row() == (None, True, 1, "")


def test_what_is_no_longer_needed_is_closed_without_being_sent(letter: Letter) -> None:
    assert sent(letter, False)
    assert row() == (None, False, 1, "no longer needed")


def test_what_can_never_arrive_is_closed_with_the_reason(letter: Letter) -> None:
    assert sent(letter, Undeliverable("no such number"))
    assert row() == (None, False, 1, "no such number")


def test_what_failed_is_due_again_after_a_pause_and_given_up_after_a_day(letter: Letter) -> None:
    assert not sent(letter, OSError("away"))
    due, was_sent, attempts, error = row()
    assert due is not None
    assert 25 < (due - timezone.now()).total_seconds() < 31
    assert (was_sent, attempts, error) == (False, 1, "OSError: away")
    assert sent(Letter.objects.get(), OSError("away"), asked=timedelta(days=2))
    assert row() == (None, False, 2, "given up: OSError: away")


def test_of_two_workers_one_sends(letter: Letter) -> None:
    other, sends = Letter.objects.get(), []
    for each in (letter, other):
        assert deliver(each, lambda: sends.append(1) or True, asked_at=timezone.now())
    assert sends == [1]
    assert row()[2] == 1


def test_a_worker_that_dies_while_it_sends_leaves_a_claim_that_runs_out(letter: Letter) -> None:
    def die() -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(letter, die, asked_at=timezone.now())
    due = row()[0]
    assert due is not None
    assert 170 < (due - timezone.now()).total_seconds() < 181


def test_a_mail_that_is_sent_again_is_known_by_its_message_id(letter: Letter, mailbox: Mailbox) -> None:
    other = Letter.objects.create(due_at=letter.due_at)
    for each in (letter, Letter.objects.get(pk=letter.pk), other):
        reference = reference_of(each, asked_at=each.due_at)
        channel = MailChannel(sender="Pears <shop@bücher.example>")
        channel.send(Written(to="lin@example.com", subject="¥ 12.50", text="…", reference=reference))
    first, again, another = (each["Message-ID"] for each in mailbox.parsed())
    assert first == again != another
    assert first.endswith("@xn--bcher-kva.example>")


def test_a_mail_without_a_reference_has_a_message_id_all_the_same(mailbox: Mailbox) -> None:
    for _ in range(2):
        MailChannel(sender="shop@example.com").send(Written(to="lin@example.com", subject="Hello", text="…"))
    assert len({each["Message-ID"] for each in mailbox.parsed()}) == 2
