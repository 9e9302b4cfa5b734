"""Pictures in sizes: drawn beside the requests, shown on every page, collected when nothing shows them."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from conftest import Shop
from dailyfresh_goods import services
from dailyfresh_goods.catalogue import Catalogue
from dailyfresh_goods.models import SKU, Picture, Rendition, StalePage
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from PIL import Image

Browse = Callable[..., Any]


def photograph(width: int = 900, height: int = 600, kind: str = "JPEG") -> bytes:
    """Red at the left, blue at the right."""
    picture = Image.new("RGB", (width, height), "blue")
    picture.paste((255, 0, 0), (0, 0, width // 2, height))
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


@pytest.fixture(autouse=True)
def stored(settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    }


@pytest.fixture
def pear(shop: Shop) -> SKU:
    """A SKU with a photograph that was uploaded in a form."""
    return shop.sku("Pear", image=SimpleUploadedFile("pear.jpg", photograph()))


def test_an_uploaded_picture_keeps_its_place_free_until_it_is_drawn_and_comes_in_sizes_then(
    pear: SKU, browse: Browse
) -> None:
    page = f"/goods/{pear.pk}/"
    assert b"<img" not in browse("/list/fruit/").content.partition(b"data-goods-card")[2].partition(b"</li>")[0]
    StalePage.objects.all().delete()
    assert services.draw_pictures().done == 1

    assert {f"detail:{pear.pk}", "list:fruit"} <= set(StalePage.objects.values_list("key", flat=True))
    services.drain_pages()
    card = browse("/list/fruit/").content.decode().partition("data-goods-card")[2].partition("</li>")[0]
    for width in (240, 400, 600):
        assert re.search(rf"/media/renditions/\S+-square-{width}\S*\.webp {width}w", card), width
    assert pear.image.url not in card
    assert "-whole-900" in browse(page).content.decode()
    with default_storage.open(Rendition.objects.filter(shape="square", width=400, kind="webp").get().file.name) as file:
        assert Image.open(file).size == (400, 400)


def test_a_picture_that_came_past_the_forms_is_shown_as_it_is_until_it_is_drawn(shop: Shop, browse: Browse) -> None:
    name = default_storage.save("skus/plum.png", ContentFile(photograph(kind="PNG")))
    SKU.objects.filter(pk=shop.sku("Plum", image="").pk).update(image=name)
    assert f"/media/{name}" in browse("/list/fruit/").content.decode()
    assert services.draw_pictures().done == 1
    services.drain_pages()
    assert f"/media/{name}" not in browse("/list/fruit/").content.decode()


def test_a_cart_is_given_the_smallest_picture_that_does(pear: SKU) -> None:
    services.draw_pictures()
    found = Catalogue().find([str(pear.pk)])[str(pear.pk)]
    assert "square-240" in found.image_url
    assert found.image_name == pear.image.name


def test_a_line_shows_the_largest_of_a_small_picture_and_none_that_is_awaited_or_refused(
    shop: Shop, pear: SKU, django_assert_num_queries: Any
) -> None:
    plum = shop.sku("Plum", image=SimpleUploadedFile("plum.jpg", photograph(90, 60)))
    ids = [str(plum.pk), str(pear.pk)]
    assert [found.image_url for found in Catalogue().find(ids).values()] == ["", ""]
    while services.draw_pictures().done:
        pass
    with django_assert_num_queries(1):
        found = Catalogue().find(ids)
    (small,) = Rendition.objects.filter(picture__name=plum.image.name, shape="square", kind="webp")
    assert found[ids[0]].image_url == default_storage.url(small.file.name)
    Rendition.objects.update(retired_at=timezone.now())
    Picture.objects.filter(name=pear.image.name).update(refused="broken")
    assert Catalogue().find(ids)[ids[1]].image_url == ""
    assert Catalogue().find(ids)[ids[0]].image_url == default_storage.url(plum.image.name)


def test_two_goods_with_one_file_share_what_was_drawn(shop: Shop, pear: SKU) -> None:
    shop.sku("Pear", image=pear.image.name)
    services.draw_pictures()
    assert Picture.objects.filter(name=pear.image.name).count() == 1
    assert Rendition.objects.filter(shape="square", kind="webp").count() == 3


def test_a_file_that_browsers_do_not_show_is_refused_in_words_and_not_shown(
    shop: Shop, browse: Browse, admin_client: Client
) -> None:
    name = default_storage.save("skus/scan.tiff", ContentFile(photograph(kind="TIFF")))
    shop.sku("Scan", image=name)
    services.draw_pictures()
    services.drain_pages()
    assert "scan" not in re.sub(r"sku-\w+", "", browse("/list/fruit/").content.decode())
    listed = admin_client.get("/admin/dailyfresh_goods/picture/?became=refused").content.decode()
    assert "no picture that can be read" in listed
    assert services.draw_pictures().done == 0


def test_a_file_that_cannot_be_read_is_tried_again_and_given_up_in_the_end(shop: Shop) -> None:
    shop.sku("Ghost", image="skus/ghost.webp")
    picture = Picture.objects.get(name="skus/ghost.webp")
    for _attempt in range(20):
        services.draw_pictures()
        picture.refresh_from_db()
        if picture.draw_at is None:
            break
        assert picture.draw_at > timezone.now() + timedelta(seconds=100)
        Picture.objects.update(draw_at=timezone.now())
    assert services.why_refused(picture) == "The file cannot be read."


def test_a_storage_that_is_away_for_a_while_costs_nothing_but_time(shop: Shop) -> None:
    shop.sku("Late", image="skus/late.jpg")
    assert services.draw_pictures().done == 0
    default_storage.save("skus/late.jpg", ContentFile(photograph()))
    Picture.objects.update(draw_at=timezone.now())
    assert services.draw_pictures().done == 1
    assert Rendition.objects.exists()


def test_the_focus_is_chosen_in_the_admin_and_the_squares_are_cut_anew(pear: SKU, admin_client: Client) -> None:
    services.draw_pictures()
    picture = Picture.objects.get(name=pear.image.name)
    url = f"/admin/dailyfresh_goods/picture/{picture.pk}/change/"
    assert "data-focus" in admin_client.get(url).content.decode()
    assert url in admin_client.get("/admin/dailyfresh_goods/sku/").content.decode()
    assert admin_client.post(url, {"focus_x": 100, "focus_y": 50}).status_code == 302
    assert services.draw_pictures().done == 1
    square = Rendition.objects.get(shape="square", width=240, kind="webp", retired_at=None)
    with default_storage.open(square.file.name) as file:
        red, _green, blue = Image.open(file).convert("RGB").getpixel((100, 120))
    assert blue > 200
    assert red < 60
    assert admin_client.post(url, {"focus_x": 101, "focus_y": 50}).status_code == 200


def test_staff_see_with_what_a_picture_is_shown_find_it_by_that_and_reach_its_focus_from_the_goods(
    shop: Shop, pear: SKU, admin_client: Client
) -> None:
    plum = shop.sku("Plum")
    plum.images.create(image=SimpleUploadedFile("side.jpg", photograph()))
    services.draw_pictures()
    url, here = (
        f"/admin/dailyfresh_goods/picture/{Picture.objects.get(name=pear.image.name).pk}/change/",
        "/admin/dailyfresh_goods/sku/",
    )
    row = (
        admin_client.get("/admin/dailyfresh_goods/picture/?q=pear").content.decode().partition('class="field-small"')[2]
    )
    assert row.index(url) < row.index("<img ") < row.index(">Pear")
    for page in ("/admin/dailyfresh_goods/picture/", "/admin/dailyfresh_goods/picture/?q=pear", url):
        assert f'<a href="{here}{pear.pk}/change/">Pear' in admin_client.get(page).content.decode()
    found = admin_client.get("/admin/dailyfresh_goods/picture/?q=plum").content.decode()
    assert f'<a href="{here}{plum.pk}/change/">Plum' in found
    assert f"{here}{pear.pk}/" not in found
    assert f'href="{url}"' in admin_client.get(f"{here}{pear.pk}/change/").content.decode()
    refused = {"name": "", "image": SimpleUploadedFile("other.jpg", photograph())}
    again = admin_client.post(f"{here}{pear.pk}/change/", refused).content.decode()
    assert "This field is required." in again
    assert "other.jpg" not in again


def test_what_was_drawn_before_goes_a_day_later_and_only_then(pear: SKU) -> None:
    services.draw_pictures()
    old = set(Rendition.objects.values_list("file", flat=True))
    services.focus_picture(picture=Picture.objects.get(name=pear.image.name), x=0, y=0)
    services.draw_pictures()
    services.collect_pictures()
    assert all(map(default_storage.exists, old))
    Rendition.objects.exclude(retired_at=None).update(retired_at=timezone.now() - timedelta(days=2))
    assert services.collect_pictures().done == len(old)
    assert not any(map(default_storage.exists, old))
    assert all(map(default_storage.exists, Rendition.objects.values_list("file", flat=True)))


def test_a_picture_that_no_goods_name_any_more_goes_with_its_sizes(pear: SKU) -> None:
    services.draw_pictures()
    made = set(Rendition.objects.values_list("file", flat=True))
    pear.delete()
    Picture.objects.update(created_at=timezone.now() - timedelta(days=2))
    services.collect_pictures()
    assert not Picture.objects.filter(name=pear.image.name).exists()
    Rendition.objects.update(retired_at=timezone.now() - timedelta(days=2))
    services.collect_pictures()
    assert not any(map(default_storage.exists, made))
    assert not Rendition.objects.exists()


def test_pictures_of_before_are_found_and_drawn_by_the_command(shop: Shop) -> None:
    name = default_storage.save("skus/old.jpg", ContentFile(photograph()))
    shop.many(3, image=name)
    assert not Picture.objects.filter(name=name).exists()
    call_command("draw_pictures", verbosity=0)
    made = set(Rendition.objects.values_list("pk", flat=True))
    assert made
    call_command("draw_pictures", again=True, verbosity=0)
    assert not set(Rendition.objects.filter(retired_at=None).values_list("pk", flat=True)) & made


def test_a_worker_whose_claim_ran_out_leaves_no_file_behind(pear: SKU, monkeypatch: pytest.MonkeyPatch) -> None:
    from dailyfresh_goods.services import drawing

    drawn = drawing.drawings

    def slow(*args: Any, **kwargs: Any) -> Any:
        Picture.objects.update(draw_at=timezone.now() + timedelta(hours=1))  # another has it by now
        return drawn(*args, **kwargs)

    monkeypatch.setattr(drawing, "drawings", slow)
    services.draw_pictures()
    assert not Rendition.objects.exists()
    folders, _files = default_storage.listdir("renditions")
    assert not any(default_storage.listdir(f"renditions/{folder}")[1] for folder in folders)


def test_a_saved_form_wakes_the_drawing(db: None, shop: Shop, committing: Callable[[], Any], settings: Any) -> None:
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "TASKS": "inline"}
    get_user_model().objects.create_superuser("owner", password="x")  # noqa: S106
    client = Client()
    client.force_login(get_user_model().objects.get())
    sent = {"title": "Harvest", "image": SimpleUploadedFile("b.jpg", photograph(1528, 720)), "sort_order": 0}
    with committing():
        answer = client.post("/admin/dailyfresh_goods/homebanner/add/", sent)
    assert answer.status_code == 302, answer.content
    assert {one.width for one in Rendition.objects.filter(shape="whole", kind="webp")} == {800, 1528}


def files(number: int) -> list[SimpleUploadedFile]:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "png")
    return [SimpleUploadedFile(f"{n}.png", out.getvalue(), "image/png") for n in range(number)]


def page_of(sku: SKU, client: Client, **more: Any) -> Any:
    """The SKU's page of the admin, sent as it was shown with more."""
    here = f"/admin/dailyfresh_goods/sku/{sku.pk}/change/"
    form = client.get(here).context["adminform"].form
    shown = [field for field in form if field.name != "image" and field.value() not in (None, False)]
    told = {name: field.value() for field in shown for name in (field.html_name, field.html_initial_name)}
    told |= {"images-TOTAL_FORMS": 0, "images-INITIAL_FORMS": 0, "nominal_grams": 0}
    return client.post(here, told | more)


def test_several_pictures_are_uploaded_at_once_behind_those_there_are(shop: Shop, admin_client: Client) -> None:
    sku = shop.sku(image="")
    for _time in range(2):
        assert page_of(sku, admin_client, more_pictures=files(3)).status_code == 302
    assert list(sku.images.values_list("sort_order", flat=True)) == [0, 1, 2, 3, 4, 5]
    assert Picture.objects.filter(name__startswith="skus/").count() == 6


@pytest.mark.parametrize(
    "sent",
    [
        lambda: [*files(2), SimpleUploadedFile("x.png", b"no picture")],
        lambda: files(21),
        lambda: [SimpleUploadedFile("empty.png", b"")],
    ],
)
def test_one_that_will_not_do_keeps_all_of_them_out(
    shop: Shop, admin_client: Client, sent: Callable[[], list[SimpleUploadedFile]]
) -> None:
    sku = shop.sku(image="")
    answer = page_of(sku, admin_client, more_pictures=sent())
    assert answer.status_code == 200
    assert "more_pictures" in answer.context["adminform"].form.errors
    assert not sku.images.exists()
