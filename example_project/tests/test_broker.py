"""What the worker does when the broker's connection breaks, and when it breaks itself."""

import logging
import os
import signal
import socket
from contextlib import suppress
from types import SimpleNamespace
from uuid import uuid4

import pytest
from celery.bootsteps import Blueprint
from celery_tasks import ending
from celery_tasks.tasks import app
from kombu import Connection, Consumer, Producer, Queue
from kombu.common import ignore_errors
from kombu.exceptions import OperationalError
from redis.exceptions import OutOfMemoryError, ResponseError
from running.supervisor import free_port


@pytest.mark.parametrize("scheme", ["redis", "sentinel"])
def test_the_store_has_the_transport_of_each_redis(scheme: str) -> None:
    assert app.connection(f"{scheme}://127.0.0.1/0").transport.__module__ == "celery_tasks.broker"


def full(*_: object) -> None:
    raise OutOfMemoryError("command not allowed when used memory > 'maxmemory'.")


@pytest.mark.parametrize("scheme", ["redis", "sentinel"])
def test_a_full_broker_is_met_like_one_that_is_away(scheme: str) -> None:
    """A wrong command is another thing."""
    errors = app.connection(f"{scheme}://127.0.0.1/0").connection_errors
    assert issubclass(OutOfMemoryError, errors)
    assert not issubclass(ResponseError, errors)


def test_what_a_full_broker_does_not_let_be_acknowledged_has_the_worker_connect_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Celery logs such an error and goes on, its hands full for ever of what it has done; all but one."""
    with Connection(os.environ["REDIS_URL"], transport_options={"global_keyprefix": f"{uuid4().hex}:"}) as ours:
        calls = ours.SimpleQueue("calls")
        calls.put("a call")
        message = calls.get(timeout=20)
        with monkeypatch.context() as patched:
            patched.setattr("kombu.transport.redis.QoS.ack", full)
            with pytest.raises(BrokenPipeError):
                message.ack_log_error(logging.getLogger(__name__), ours.connection_errors)
        message.ack()
        calls.queue.delete()


def test_a_broker_that_is_away_for_long_is_looked_for_every_few_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("kombu.utils.functional.sleep", lambda seconds: None)
    away = app.connection(f"redis://127.0.0.1:{free_port()}/0")
    with pytest.raises(OperationalError):
        away.ensure_connection(lambda error, pause: pauses.append(pause), max_retries=12)
    assert pauses == [2, *[4] * 11]
    assert app.conf.broker_connection_max_retries is None


def test_a_connection_that_breaks_while_it_is_closed_gives_its_messages_back_and_ends_no_worker() -> None:
    taken: list[str] = []
    with Connection(os.environ["REDIS_URL"], transport_options={"global_keyprefix": f"{uuid4().hex}:"}) as ours:
        queue = Queue("calls")
        Producer(ours).publish("a call", routing_key="calls", declare=[queue])
        broken = ours.clone()
        channels = [broken.default_channel, broken.channel()]
        Consumer(channels[0], [queue], callbacks=[lambda body, message: taken.append(body)]).consume()
        Consumer(channels[1], [Queue("others")]).consume()
        broken.drain_events(timeout=20)
        with pytest.raises(socket.timeout):
            broken.drain_events(timeout=0.01)  # both ask for the next one, and wait
        for channel in channels:
            channel.client.connection._sock.shutdown(socket.SHUT_RDWR)
        # As Celery's consumer does.
        with suppress(Exception):
            broken.collect(socket_timeout=1)
        ignore_errors(broken, broken.close)
        given_back = ours.SimpleQueue(queue)
        message = given_back.get(timeout=20)
        assert [message.payload] == taken == ["a call"]
        message.ack()
        given_back.close()
        for name in ("calls", "others"):
            Queue(name)(ours.default_channel).delete()


@pytest.mark.parametrize(("exitcode", "seconds"), [(1, [ending.SECONDS]), (0, []), (None, [])])
def test_a_worker_that_broke_waits_for_its_tasks_no_longer_than_this(
    exitcode: int | None, seconds: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was asked to end finishes what it has begun."""
    begun = []
    monkeypatch.setattr(ending.Timer, "start", lambda timer: begun.append((timer.interval, timer.function, timer.args)))
    worker = SimpleNamespace(exitcode=exitcode, steps=[])
    for step in app.steps["worker"]:
        step(worker).include(worker)
    Blueprint().close(worker)
    assert begun == [(each, os.kill, (os.getpid(), signal.SIGKILL)) for each in seconds]
