"""The merchant's own photographs in the store: read from FastDFS whatever it calls its files, and no shape breaks a page."""

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from dailyfresh_goods import services
from dailyfresh_goods.models import SKU, Picture
from demo.load import load_catalogue
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django_fdfs_storage.devserver import DevServer
from PIL import Image
from pytest_django.live_server_helper import LiveServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser

STORAGES = ["django_fdfs_storage.storage.FastDFSStorage", "django_fdfs_storage.named.storage.NamedFastDFSStorage"]
SHAPES = {"wide": (1500, 1000), "tall": (900, 1600), "tiny": (90, 60)}


def photograph(width: int, height: int) -> "ContentFile[bytes]":
    out = io.BytesIO()
    Image.effect_noise((width, height), 40).convert("RGB").save(out, "JPEG")
    return ContentFile(out.getvalue(), name="photo.jpg")


@pytest.fixture(scope="session")
def fastdfs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevServer]:
    with DevServer(tmp_path_factory.mktemp("fastdfs"), tracker_port=0, storage_port=0, http_port=0) as server:
        yield server


@pytest.fixture
def stored(request: Any, fastdfs: DevServer, settings: Any) -> None:
    """The site keeps its files in FastDFS, in the way that the test's parameter names."""
    backend = getattr(request, "param", STORAGES[0])
    options = {"trackers": [fastdfs.tracker], "base_url": "/media/"}
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": backend, "OPTIONS": options}}


def photographed(sku: SKU, *sizes: tuple[int, int]) -> SKU:
    """The SKU with these photographs, drawn."""
    sku.images.all().delete()
    sku.image.save("photo.jpg", photograph(*sizes[0]), save=False)
    sku.save()
    for size in sizes[1:]:
        sku.images.create(image=photograph(*size))
    names = [sku.image.name, *(row.image.name for row in sku.images.all())]
    Picture.objects.exclude(name__in=names).update(draw_at=None)
    while services.draw_pictures().done:
        pass
    return sku


@pytest.mark.parametrize("stored", STORAGES, indirect=True)
@pytest.mark.django_db
def test_a_photograph_in_fastdfs_comes_in_sizes_under_the_names_it_gives(
    stored: None, strawberry: SKU, client: Client
) -> None:
    sku = photographed(strawberry, (1500, 1000))
    page = client.get(sku.get_absolute_url()).content.decode()
    addresses = dict(re.findall(r"(/media/\S+) (\d+)w", page))
    assert set(addresses.values()) == {"240", "400", "800", "1000"}
    for address, width in addresses.items():
        answer = client.get(address)
        assert answer.status_code == 200
        content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a file
        assert Image.open(io.BytesIO(content)).size == (int(width), int(width))
    picture = Picture.objects.get(name=sku.image.name)
    old = list(picture.renditions.values_list("file", flat=True))
    services.focus_picture(picture=picture, x=0, y=0)
    services.draw_pictures()
    picture.renditions.exclude(retired_at=None).update(retired_at="2020-01-01T00:00:00Z")
    services.collect_pictures()
    assert not any(map(default_storage.exists, old))
    assert all(map(default_storage.exists, picture.renditions.values_list("file", flat=True)))


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1280, 390])
def test_no_shape_of_a_photograph_breaks_a_page(
    stored: None, live_server: LiveServer, browser: "Browser", width: int
) -> None:
    load_catalogue(lambda line: None)  # a server's tests end with an empty database
    fruit = list(SKU.objects.filter(type__slug="fruit", on_sale=True)[:4])
    for sku in fruit[:3]:
        photographed(sku, *SHAPES.values())
    SKU.objects.filter(pk=fruit[3].pk).update(image="")
    fruit[3].images.all().delete()
    page = browser.new_page(viewport={"width": width, "height": 900})
    for sku in (fruit[0], fruit[3]):
        page.goto(f"{live_server.url}{sku.get_absolute_url()}", wait_until="load")
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        box = page.locator(".df-gal figure").bounding_box()
        assert abs(box["width"] - box["height"]) < 1
    page.goto(f"{live_server.url}{fruit[0].get_absolute_url()}", wait_until="load")
    for number in range(len(SHAPES)):
        page.locator("[data-gallery-thumb]").nth(number).click()
        picture, place = (page.locator(at).bounding_box() for at in (".df-gal figure img", ".df-gal figure"))
        assert (picture["width"], picture["height"]) == (place["width"], place["height"])
        assert page.locator(".df-gal figure img").evaluate("img => img.decode().then(() => img.naturalWidth)") > 0
    page.goto(f"{live_server.url}/list/fruit/", wait_until="load")
    cards = page.locator(".df-shop [data-goods-card] .df-media").all()
    assert len(cards) > 4
    for card in cards:
        box = card.bounding_box()
        assert abs(box["width"] - box["height"]) < 1
    page.close()
