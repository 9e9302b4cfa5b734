"""The broker's connection, as the worker closes it when it broke."""

import os
import socket
from contextlib import suppress
from uuid import uuid4

import pytest
from celery_tasks.tasks import app
from kombu import Connection, Consumer, Producer, Queue
from kombu.common import ignore_errors


@pytest.mark.parametrize("scheme", ["redis", "sentinel"])
def test_the_store_has_the_transport_of_each_redis(scheme: str) -> None:
    assert app.connection(f"{scheme}://127.0.0.1/0").transport.__module__ == "celery_tasks.broker"


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
