"""Mails: a real server, dead workers, dead brokers."""

import os
import re
import shutil
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from conftest import PASSWORD, account, make_foreign_user, make_user, register, url
from dailyfresh_core.background import outbox
from dailyfresh_core.channels import mail as channel
from dailyfresh_core.testing.mailbox import Mailbox, smtp
from dailyfresh_users import tasks
from dailyfresh_users.durations import in_words
from dailyfresh_users.models import Mail
from dailyfresh_users.services import mails, request_mail, send_due_mails
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import set_script_prefix
from django.utils import timezone


def use(settings, values):
    for name, value in values.items():
        setattr(settings, name, value)


@pytest.fixture
def mailbox(settings):
    with Mailbox() as server:
        use(settings, smtp(server.server_address[1]))
        yield server


def ask(user=None, kind=Mail.Kind.PASSWORD_RESET):
    request_mail(user=user or make_user(), kind=kind, origin="https://shop.example")


def later(**delta):
    """Let time pass for the mails that wait."""
    for row in Mail.objects.exclude(due_at=None):
        Mail.objects.filter(pk=row.pk).update(due_at=row.due_at - timedelta(**delta))


@pytest.mark.django_db
class TestSending:
    def test_an_activation_mail_goes_out_as_text_and_html(self, mailbox, commit):
        with commit():
            register(Client())
        [message] = mailbox.parsed()
        assert message["To"] == "lin@example.com"
        assert message["Subject"] == "Activate your account at Corner Shop"
        text, page = (message.get_body([kind]).get_content() for kind in ("plain", "html"))
        link = re.search(r"http://testserver/\S+", text)[0]
        assert f'href="{link}"' in page
        assert "linxiaohe" in text
        assert "24 hours" in text
        assert "<script" not in page
        row = Mail.objects.get()
        assert row.sent_at
        assert (row.due_at, row.attempts, row.error) == (None, 1, "")

    def test_a_mail_speaks_the_language_of_the_request(self, mailbox, commit):
        with commit():
            register(Client(headers={"accept-language": "zh-hans"}))
        [message] = mailbox.parsed()
        assert message["Subject"] == "激活您的Corner Shop账号"
        assert "只能用一次" in message.get_body(["plain"]).get_content()
        assert "激活账号" in message.get_body(["html"]).get_content()

    def test_one_request_is_one_mail_however_often_the_task_runs(self, mailbox, db):
        ask()
        for _ in range(5):
            tasks.drain()
            later(hours=1)
        assert len(mailbox.messages) == 1

    def test_a_later_request_is_another_mail(self, mailbox, db):
        user = make_user()
        for _ in range(2):
            ask(user)
            tasks.drain()
        assert len(mailbox.messages) == 2

    def test_requests_that_wait_for_the_server_become_one_mail(self, mailbox, db, settings):
        user = make_user()
        for _ in range(4):
            ask(user)
        tasks.drain()
        assert len(mailbox.messages) == 1

    def test_names_cannot_smuggle_headers_or_markup(self, mailbox, db):
        user = make_foreign_user("<b>x</b>\r\nBcc: all@example.com", "lin@example.com")
        ask(user)
        tasks.drain()
        [message] = mailbox.parsed()
        assert message["Bcc"] is None
        assert "<b>x</b>" not in message.get_body(["html"]).get_content()

    def test_the_site_name_cannot_break_the_subject(self, mailbox, db, settings):
        settings.DAILYFRESH_USERS = {"SITE_NAME": "A & B\nBcc: x@example.com", "MAIL_FROM": "Shop <shop@example.com>"}
        ask()
        tasks.drain()
        [message] = mailbox.parsed()
        assert message["Subject"] == "A new password for A & B Bcc: x@example.com"
        assert message["From"] == "Shop <shop@example.com>"

    def test_without_a_site_name_the_host_stands_for_it(self, mailbox, db, settings):
        settings.DAILYFRESH_USERS = {}
        ask()
        tasks.drain()
        assert mailbox.parsed()[0]["Subject"] == "A new password for shop.example"

    def test_the_command_for_cron_sends_too(self, mailbox, db, capsys):
        ask()
        call_command("dailyfresh_users_drain")
        assert "1 mails sent" in capsys.readouterr().out
        assert len(mailbox.messages) == 1

    def test_what_is_no_longer_needed_is_not_sent(self, mailbox, db):
        disabled, active = make_user(), make_user("activeone", "a@example.com")
        ask(disabled)
        ask(active, Mail.Kind.ACTIVATION)
        disabled.is_active = False
        disabled.save()
        tasks.drain()
        assert mailbox.messages == []
        assert set(Mail.objects.values_list("due_at", "error")) == {(None, "no longer needed")}

    def test_an_account_without_an_address_is_left_alone(self, mailbox, db):
        ask(make_foreign_user("noaddress", ""))
        tasks.drain()
        assert mailbox.messages == []

    def test_old_mails_are_forgotten(self, mailbox, db):
        ask()
        tasks.drain()
        tasks.tidy()
        assert Mail.objects.count() == 1
        Mail.objects.update(requested_at=timezone.now() - timedelta(days=31))
        tasks.tidy()
        assert Mail.objects.count() == 0

    @pytest.mark.parametrize("workers_prefix", ["/", "/under/", "/elsewhere/"])
    def test_a_link_carries_the_script_prefix_of_the_visitor(self, mailbox, db, workers_prefix):
        try:
            path = url("register")
            set_script_prefix("/under/")
            data = {"username": "linxiaohe", "email": "lin@example.com", "agree": "on"}
            Client().post(path, data | {"password1": PASSWORD, "password2": PASSWORD})
            set_script_prefix(workers_prefix)
            tasks.drain()
        finally:
            set_script_prefix("/")
        body = mailbox.parsed()[0].get_body(["plain"]).get_content()
        assert "http://testserver/under/shop/account/activate/" in body


@pytest.mark.django_db
class TestTrouble:
    def test_a_server_that_is_away_is_tried_again_ever_more_slowly(self, mailbox, db, settings, caplog):
        use(settings, smtp(9))
        ask()
        pauses = []
        for _ in range(9):
            assert send_due_mails() == 0
            row = Mail.objects.get()
            pauses.append(round((row.due_at - timezone.now()).total_seconds()))
            Mail.objects.update(due_at=timezone.now())
        assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
        assert "ConnectionRefusedError" in row.error
        use(settings, smtp(mailbox.server_address[1]))
        assert send_due_mails() == 1
        assert len(mailbox.messages) == 1

    def test_a_temporary_refusal_is_tried_again(self, mailbox, db):
        mailbox.answers["RCPT"] = "451 greylisted"
        ask()
        assert send_due_mails() == 0
        mailbox.answers.clear()
        later(minutes=1)
        assert send_due_mails() == 1

    def test_a_mailbox_that_does_not_exist_is_not_bothered_again(self, mailbox, db, caplog):
        mailbox.answers["RCPT"] = "550 nobody here"
        ask()
        assert send_due_mails() == 0
        row = Mail.objects.get()
        assert (row.due_at, row.sent_at) == (None, None)
        assert row.error == "recipient refused: [550]"

    def test_after_a_day_a_mail_is_given_up_and_staff_can_see_why(self, mailbox, db, caplog):
        mailbox.answers["DATA"] = "452 disk full"
        ask()
        Mail.objects.update(requested_at=timezone.now() - timedelta(days=2))
        assert send_due_mails() == 0
        row = Mail.objects.get()
        assert row.due_at is None
        assert row.error.startswith("given up: SMTPDataError")

    def test_one_bad_mail_does_not_stop_the_others(self, mailbox, db):
        def refuse_one(conversation):
            return "451 later" if len(refused) == 0 and not refused.append(1) else None

        refused = []
        mailbox.answers["RCPT"] = refuse_one
        for number in range(3):
            ask(make_user(f"user{number}", f"u{number}@example.com"))
        assert send_due_mails() == 2

    def test_a_server_that_is_away_is_asked_three_times_in_a_row_and_the_rest_stays_due(self, mailbox, db, settings):
        use(settings, smtp(9))
        for number in range(5):
            ask(make_user(f"user{number}", f"u{number}@example.com"))
        assert send_due_mails() == 0
        assert sorted(Mail.objects.values_list("attempts", flat=True)) == [0, 0, 1, 1, 1]
        assert Mail.objects.filter(due_at__lte=timezone.now()).count() == 2
        use(settings, smtp(mailbox.server_address[1]))
        assert send_due_mails() == 2

    def test_a_template_of_the_site_that_fails_is_tried_again(self, mailbox, db, monkeypatch):
        ask()
        with monkeypatch.context() as patch:
            patch.setattr(mails, "render_to_string", lambda *args: 1 / 0)
            assert send_due_mails() == 0
        assert "ZeroDivisionError" in Mail.objects.get().error
        later(minutes=1)
        assert send_due_mails() == 1

    def test_a_server_that_says_nothing_does_not_hold_a_worker_for_ever(self, mailbox, db, settings, monkeypatch):
        use(settings, smtp(mailbox.server_address[1], timeout=None))
        monkeypatch.setattr(channel, "TIMEOUT", 0.2)
        silence = threading.Event()
        mailbox.answers["MAIL"] = lambda conversation: silence.wait(5) and None
        ask()
        assert send_due_mails() == 0
        silence.set()
        assert "Timeout" in Mail.objects.get().error or "Disconnected" in Mail.objects.get().error

    def test_a_claim_is_longer_than_any_conversation_with_a_slow_server(self):
        steps = 10  # connect, greeting, EHLO, STARTTLS, EHLO, AUTH, MAIL, RCPT, DATA, end of data
        assert outbox.CLAIM.total_seconds() > steps * channel.TIMEOUT

    def test_a_broker_that_is_dead_delays_a_mail_and_fails_no_registration(self, mailbox, commit, settings, caplog):
        celery = pytest.importorskip("celery", reason="without the extra celery")
        current_app = celery.current_app
        before = current_app._get_current_object()
        app = celery.Celery("site", broker="amqp://guest:guest@127.0.0.1:9//", set_as_current=True)
        app.conf.update(
            broker_connection_retry=False,
            broker_connection_timeout=0.2,
            task_publish_retry=False,
            broker_transport_options={"max_retries": 0},
        )
        settings.DAILYFRESH_USERS = {"TASKS": "celery"}
        try:
            with commit():
                assert register(Client()).status_code == 302
        finally:
            before.set_current()
        assert "could not be woken" in caplog.text
        assert mailbox.messages == []
        tasks.drain()
        assert len(mailbox.messages) == 1

    def test_a_request_that_is_rolled_back_sends_nothing(self, mailbox, db, django_capture_on_commit_callbacks):
        from django.db import transaction

        user = make_user()

        def fail_late():
            with transaction.atomic():
                ask(user)
                raise ZeroDivisionError

        with django_capture_on_commit_callbacks(execute=True) as callbacks, pytest.raises(ZeroDivisionError):
            fail_late()
        assert callbacks == []
        tasks.drain()
        assert mailbox.messages == []


HEAD = "import django; django.setup()\n"
SEND = f"{HEAD}from dailyfresh_users.services import send_due_mails\nprint(send_due_mails())"
SEND_BEFORE_AND_AFTER_THE_CLAIM_RAN_OUT = f"""{SEND}
from django.utils import timezone
from dailyfresh_users.models import Mail
Mail.objects.exclude(due_at=None).update(due_at=timezone.now())
print(send_due_mails(), send_due_mails())
"""
ASK = f"""{HEAD}
from conftest import make_user
from django.core.management import call_command
from dailyfresh_users.models import Mail
call_command("migrate", verbosity=0)
Mail.objects.create(user=make_user(), kind="password_reset", language="en", origin="https://shop.example")
"""


def environment(path, port=25):
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "minisite.on_file",
        "PYTHONPATH": os.pathsep.join([os.path.dirname(__file__), os.environ.get("PYTHONPATH", "")]),
        "MINISITE_DATABASE": str(path),
        "MINISITE_SMTP_PORT": str(port),
    }


@pytest.fixture(scope="module")
def site_with_a_mail_due(tmp_path_factory):
    path = tmp_path_factory.mktemp("site") / "site.sqlite3"
    subprocess.run([sys.executable, "-c", ASK], env=environment(path), check=True)
    return path


class TestKills:
    """Real worker processes on one database file and one mail server."""

    @pytest.fixture(autouse=True)
    def _site(self, mailbox, site_with_a_mail_due, tmp_path):
        self.mailbox = mailbox
        self.environment = environment(
            shutil.copy(site_with_a_mail_due, tmp_path / "site.sqlite3"), mailbox.server_address[1]
        )

    def start(self, code):
        return subprocess.Popen([sys.executable, "-c", code], env=self.environment)

    def run(self, code):
        command = [sys.executable, "-c", code]
        return subprocess.run(
            command, env=self.environment, check=True, stdout=subprocess.PIPE, text=True
        ).stdout.strip()

    def test_a_worker_killed_before_the_server_accepted_leaves_the_mail_to_the_next(self):
        reached, hold = threading.Event(), threading.Event()
        self.mailbox.answers["MAIL"] = lambda conversation: reached.set() or hold.wait(20) and None
        with self.start(SEND) as doomed:
            assert reached.wait(30)
            doomed.kill()
        self.mailbox.answers.clear()
        hold.set()
        assert self.run(SEND_BEFORE_AND_AFTER_THE_CLAIM_RAN_OUT) == "0\n1 0"
        assert len(self.mailbox.messages) == 1

    def test_a_worker_killed_between_250_and_commit_sends_twice_at_most_and_never_none(self):
        started = threading.Event()

        def kill(conversation):
            started.wait(10)
            doomed.kill()
            return "250 kept"

        self.mailbox.answers["ACCEPT"] = kill
        with self.start(SEND) as doomed:
            started.set()
        self.mailbox.answers.clear()
        assert len(self.mailbox.messages) == 1
        assert self.run(SEND_BEFORE_AND_AFTER_THE_CLAIM_RAN_OUT) == "0\n1 0"
        first, second = self.mailbox.parsed()
        assert first["Message-ID"] == second["Message-ID"]  # mailboxes drop the second


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 second"),
        (60, "60 seconds"),
        (91, "2 minutes"),
        (1800, "30 minutes"),
        (3600, "1 hour"),
        (5400, "90 minutes"),
        (259200, "72 hours"),
    ],
)
def test_spans_of_time_are_said_in_a_fitting_unit(seconds, words):
    assert in_words(seconds) == words


def test_the_drain_is_woken_on_commit_and_not_before(client, db, commit, mailbox):
    with commit() as callbacks:
        register(client)
        assert mailbox.messages == []
    assert len(callbacks) == 1
    assert len(mailbox.messages) == 1
    assert account("linxiaohe").dailyfresh_mails.count() == 1
    assert url("activate", "x")[:-2] in mailbox.parsed()[0].get_body(["plain"]).get_content()
    cache.clear()
    assert mail.outbox == []
