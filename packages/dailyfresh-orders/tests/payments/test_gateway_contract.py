"""The contract of gateways, over both of the package's own."""

from urllib.parse import urlencode

import pytest
from dailyfresh_orders.gateways.base import Message
from dailyfresh_orders.gateways.cod import CashOnDelivery
from dailyfresh_orders.testing import GatewayContract

FORM = "application/x-www-form-urlencoded; charset=utf-8"


class SimulatedTill:
    def __init__(self, simulator):
        self.simulator = simulator

    def pay(self, goal):
        self.simulator.pay(goal.url)

    def notify(self, out_trade_no):
        [notice] = self.simulator.notices(out_trade_no)
        return Message("POST", "", urlencode(notice.fields).encode(), FORM)

    def tampered(self, message):
        return Message("POST", "", message.body.replace(b"total_amount=88.80", b"total_amount=88.00"), FORM)

    def go_silent(self):
        self.simulator.fault("reply", "hang", value=20, times=-1)


class TestAlipay(GatewayContract):
    deadline = 2.5

    @pytest.fixture
    def gateway(self, alipay):
        return alipay

    @pytest.fixture
    def till(self, simulator):
        return SimulatedTill(simulator)


class TestCashOnDelivery(GatewayContract):
    @pytest.fixture
    def gateway(self):
        return CashOnDelivery()
