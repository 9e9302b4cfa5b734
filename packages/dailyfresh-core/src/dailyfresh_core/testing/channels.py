"""What every channel must do: inherit `ChannelContract` in a test module of your own and give it its fixtures.

class TestTexting(ChannelContract):
    @pytest.fixture
    def channel(self):
        return Texting(key="…")

    @pytest.fixture
    def reachable(self):
        return Customer(phone="13800000000")

    @pytest.fixture
    def unreachable(self):
        return Customer(phone="")

    @pytest.fixture
    def arrived(self):
        return lambda: [(each.number, each.text) for each in the_stand_in.messages]

    @pytest.fixture
    def away(self):
        with the_stand_in.stopped():
            yield

    @pytest.fixture
    def refusing(self):
        with the_stand_in.knowing_no_number():
            yield
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ..background.outbox import Undeliverable
from ..channels import Channel, Written

PATIENCE = 60
"""Seconds within which a service that is away must be noticed: well below the time for which a letter is claimed."""


class ChannelContract:
    """Fixtures: `channel`; two accounts, `reachable` and `unreachable`; `arrived` gives (address, text) of what the other side has;
    while `away` the other side does not answer, while `refusing` it says for good that there is no such address.
    """

    def written(self, channel: Channel, user: Any, **more: Any) -> Written:
        values = {"number": "2601010001", "total": "¥ 12.50", **more.pop("values", {})}
        said = {"subject": "订单 2601010001 已发货", "text": "顺丰 SF123 <b> & “ok”", "kind": "shipped", **more}
        return Written(to=channel.address_of(user), values=values, **said)

    def test_it_has_a_name_to_choose_it_by(self, channel: Channel) -> None:
        assert str(channel.label).strip()

    def test_nothing_is_wrong_with_it(self, channel: Channel) -> None:
        assert channel.check() == []

    def test_it_knows_who_is_reached_and_who_is_not(self, channel: Channel, reachable: Any, unreachable: Any) -> None:
        assert channel.address_of(reachable)
        assert channel.address_of(unreachable) == ""

    def test_a_message_arrives_once_at_its_address(
        self, channel: Channel, reachable: Any, arrived: Callable[[], list[tuple[str, str]]]
    ) -> None:
        channel.send(self.written(channel, reachable))
        assert [to for to, _text in arrived()] == [channel.address_of(reachable)]
        assert arrived()[0][1].strip()

    def test_a_subject_of_many_lines_forges_nothing(
        self, channel: Channel, reachable: Any, arrived: Callable[[], list[tuple[str, str]]]
    ) -> None:
        channel.send(self.written(channel, reachable, subject="Hello\r\nBcc: all@example.com"))
        assert [to for to, _text in arrived()] == [channel.address_of(reachable)]

    def test_many_threads_send_at_once(
        self, channel: Channel, reachable: Any, arrived: Callable[[], list[tuple[str, str]]]
    ) -> None:
        written = self.written(channel, reachable)
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(channel.send, [written] * 8))
        assert len(arrived()) == 8

    @pytest.mark.usefixtures("away")
    def test_a_service_that_is_away_is_noticed_in_time_and_may_be_tried_again(
        self, channel: Channel, reachable: Any
    ) -> None:
        since = time.monotonic()
        with pytest.raises(Exception) as caught:
            channel.send(self.written(channel, reachable))
        assert not isinstance(caught.value, Undeliverable)
        assert time.monotonic() - since < PATIENCE

    @pytest.mark.usefixtures("refusing")
    def test_an_address_that_is_none_is_not_tried_again(self, channel: Channel, reachable: Any) -> None:
        with pytest.raises(Undeliverable):
            channel.send(self.written(channel, reachable))
