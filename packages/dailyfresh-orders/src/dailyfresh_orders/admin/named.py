"""How staff read a gateway or a channel in lists and filters: by its name, not by its code."""

from typing import Any

from dailyfresh_core.admin.lists import NamedValues
from django.contrib import admin
from django.utils.translation import gettext_lazy

from ..channels import channel
from ..gateways import label_of


class GatewayFilter(NamedValues):
    named = staticmethod(label_of)


def channel_named(code: str) -> str:
    """How a channel is called; the bare code when it is no longer configured."""
    way = channel(code)
    return str(way.label) if way else code


class ChannelFilter(NamedValues):
    named = staticmethod(channel_named)


class GatewayColumn:
    """For an admin of rows that have a `gateway`: the column `paid_through`."""

    @admin.display(description=gettext_lazy("gateway"), ordering="gateway")
    def paid_through(self, row: Any) -> str:
        return label_of(row.gateway)
