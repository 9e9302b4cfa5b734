"""Nothing that comes over the wire is a fault of the delivery."""

import pytest
from dailyfresh_core.testing.addresses import fields
from dailyfresh_core.testing.wire import Wire, WireContract
from dailyfresh_delivery.models import Holiday, Slot
from django.contrib.auth.models import User
from minisite.shop import buy


class TestTheWire(WireContract):
    @pytest.fixture
    def wire(self, zone, pattern, point, now):
        here = zone()
        made = [pattern(here), pattern(point=point, cut_off_minutes=0)]
        away = Holiday.objects.create(date=now.date(), zone=here)
        slot = Slot.objects.filter(zone=here).last()
        buy(str(slot.pk))
        asked = ["do", "day", "slot", "to", "region", "code", "p", "o", "q", "action", "_selected_action", "_popup"]
        return Wire(
            visitors=[None, User.objects.create_user("lin"), User.objects.create_superuser("boss")],
            known={"pk": [str(slot.pk)], "object_id": [str(row.pk) for row in (here, point, away, slot, *made)]},
            fields=[*fields(), *asked],
            values=["close", "open", "holiday", "110108", str(slot.pk), str(slot.date), f"zone{here.pk}:{slot.date}"],
        )
