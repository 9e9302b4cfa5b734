"""Zones and pickup points say their names in the language of the page."""

from typing import Any

import pytest
from dailyfresh_delivery.models import PickupPoint, Zone, ZoneArea
from django.test import Client
from django.urls import reverse
from django.utils import translation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places(settings: Any) -> None:
    settings.LANGUAGE_CODE, settings.LANGUAGES = "zh-hans", [("zh-hans", "中文"), ("en", "English")]
    beijing = Zone.objects.create(name="北京", translations={"en": {"name": "Beijing"}})
    ZoneArea.objects.create(zone=beijing, code="11")
    ZoneArea.objects.create(zone=Zone.objects.create(name="上海"), code="31")
    where = {"name": "Zhongguancun shop", "address": "1 Zhongguancun Street"}
    PickupPoint.objects.create(name="中关村店", address="中关村大街 1 号", translations={"en": where})


def test_where_we_deliver_is_said_in_the_language_of_the_page(client: Client) -> None:
    page = client.get(reverse("dailyfresh_delivery:areas"), headers={"Accept-Language": "en"}).content.decode()
    assert ">Beijing</h2>" in page
    assert 'lang="zh-hans">上海</h2>' in page
    assert "Zhongguancun shop, 1 Zhongguancun Street" in page
    with translation.override("zh-hans"):
        assert PickupPoint.objects.get().text == "中关村店, 中关村大街 1 号"


@pytest.mark.parametrize("place", ["zone", "pickuppoint"])
def test_staff_translate_them_beside_their_names(place: str, admin_client: Client) -> None:
    row = {"zone": Zone, "pickuppoint": PickupPoint}[place].objects.get(name__in=["北京", "中关村店"])
    page = admin_client.get(f"/admin/dailyfresh_delivery/{place}/{row.pk}/change/").content.decode()
    assert f'name="translations-en-name" value="{row.translations["en"]["name"]}"' in page
