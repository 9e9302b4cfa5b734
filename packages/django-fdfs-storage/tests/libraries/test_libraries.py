"""What a page or an editor does with each library, twice: URLs answer, and nothing is stored again.

    FDFS_MODE=by_name python -m pytest -c tests/libraries/pytest.ini --rootdir tests/libraries tests/libraries

The mode is one of "nameless", "named" and "by_name" (the default): some libraries take their storage when they are
imported, so each mode is a run of its own. NOT says what cannot work in which, and why.
"""

import io
from urllib.parse import urljoin

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.template import engines
from django.test import Client
from shelf.settings import BACKENDS, MODE

pytestmark = pytest.mark.django_db
FOUND_AGAIN = "FastDFS gave the thumbnail another name, so it is not found again"
RELATIVE = "its URL is relative to that of another file, and FastDFS puts the two into different folders"
NOT = {
    ("nameless", "test_easy_thumbnails"): FOUND_AGAIN,
    ("nameless", "test_sorl"): FOUND_AGAIN,
    ("nameless", "test_imagekit"): FOUND_AGAIN,
    ("nameless", "test_versatileimagefield"): FOUND_AGAIN,
    ("nameless", "test_photologue"): FOUND_AGAIN,
    ("nameless", "test_filer"): FOUND_AGAIN,
    ("named", "test_photologue"): RELATIVE,
    ("nameless", "test_wagtail_documents_keep_their_file_names"): "a file id is no name to download under",
    ("nameless", "test_import_export_keeps_an_upload_between_two_requests"): FOUND_AGAIN,
    ("nameless", "test_collectstatic_with_a_manifest"): FOUND_AGAIN,
    ("named", "test_collectstatic_with_a_manifest"): RELATIVE,
}


@pytest.fixture(autouse=True)
def mode(request) -> str:
    if reason := NOT.get((MODE, request.node.name)):
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
    return MODE


def needs(app: str, package: str) -> None:
    if not apps.is_installed(app):
        pytest.skip(f"needs {package}")


@pytest.fixture
def browser() -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("editor", "e@example.com", "x"))
    return client


def answers(url: str) -> bool:
    return Client().get(url).status_code == 200


def page(template: str, **context) -> str:
    return engines["django"].from_string(template).render(context).strip()


def seen_twice(held, look) -> None:
    """The page shows a URL that answers, the same the second time, and stores nothing then."""
    first = look()
    assert answers(first), first
    before = held()
    assert look() == first
    assert held() == before


def test_django_file_fields(photo, held, mode):
    from shelf.models import Picture

    picture = Picture.objects.create(image=photo())
    assert (picture.image.width, picture.image.height) == (120, 80)
    seen_twice(held, lambda: Picture.objects.get().image.url)
    assert (picture.image.name == "plain/photo.jpg") == (mode != "nameless")


def test_easy_thumbnails(photo, held):
    needs("easy_thumbnails", "easy-thumbnails")
    from easy_thumbnails.files import get_thumbnailer
    from shelf.models import Picture

    Picture.objects.create(image=photo())
    seen_twice(held, lambda: get_thumbnailer(Picture.objects.get().image)["small"].url)


def test_sorl(photo, held):
    needs("sorl.thumbnail", "sorl-thumbnail")
    from django.core.cache import cache
    from shelf.models import Picture
    from sorl.thumbnail import get_thumbnail
    from sorl.thumbnail.models import KVStore

    def look() -> str:
        url = get_thumbnail(Picture.objects.get().image, "40x40").url
        # Its memory of what it made may be lost; the thumbnail must be found again.
        KVStore.objects.all().delete()
        cache.clear()
        return url

    Picture.objects.create(image=photo())
    seen_twice(held, look)


def test_imagekit(photo, held):
    needs("imagekit", "django-imagekit")
    from shelf.models import KitPicture

    KitPicture.objects.create(image=photo())
    seen_twice(held, lambda: KitPicture.objects.get().small.url)


def test_versatileimagefield(photo, held):
    needs("versatileimagefield", "django-versatileimagefield")
    from django.core.cache import cache
    from shelf.models import VersatilePicture

    def look() -> str:
        cache.clear()
        return VersatilePicture.objects.get().image.thumbnail["40x40"].url

    VersatilePicture.objects.create(image=photo())
    seen_twice(held, look)


def test_photologue(photo, held):
    needs("photologue", "django-photologue")
    from photologue.models import Photo, PhotoSize, PhotoSizeCache

    PhotoSizeCache().reset()
    PhotoSize.objects.create(name="tiny", width=40, height=40)
    Photo.objects.create(image=photo(), title="cat", slug="cat")
    seen_twice(held, lambda: Photo.objects.get().get_tiny_url())


def test_filer(photo, held, browser):
    needs("filer", "django-filer")
    from filer.models import Image

    user = get_user_model().objects.get()
    Image.objects.create(owner=user, original_filename="photo.jpg", file=photo())
    seen_twice(held, lambda: Image.objects.get().url)
    seen_twice(held, lambda: Image.objects.get().icons["48"])
    Image.objects.get().delete()


def test_wagtail_images(photo, held, browser):
    needs("wagtail.images", "wagtail")
    from wagtail.images import get_image_model

    answer = browser.post("/cms/images/add/", {"title": "cat", "file": photo(), "collection": 1})
    assert answer.status_code == 302, answer.content
    seen_twice(held, lambda: get_image_model().objects.get().get_rendition("width-40").url)
    assert browser.get("/cms/images/").status_code == 200


def test_wagtail_documents_keep_their_file_names(held, browser, settings):
    needs("wagtail.documents", "wagtail")
    settings.WAGTAILDOCS_SERVE_METHOD = "serve_view"
    from wagtail.documents import get_document_model

    answer = browser.post(
        "/cms/documents/add/", {"title": "bill", "file": ContentFile(b"to pay", name="bill.txt"), "collection": 1}
    )
    assert answer.status_code == 302
    document = get_document_model().objects.get()
    seen_twice(held, lambda: document.url)
    assert document.filename == "bill.txt"
    assert "bill.txt" in browser.get(document.url)["Content-Disposition"]


def test_import_export_keeps_an_upload_between_two_requests(held):
    needs("import_export", "django-import-export")
    from import_export.tmp_storages import MediaStorage

    first = MediaStorage(encoding="utf-8")
    first.save("a,b\n1,2\n")
    second = MediaStorage(name=first.name, encoding="utf-8")
    assert second.read() in ("a,b\n1,2\n", b"a,b\n1,2\n")
    second.remove()


def test_collectstatic_with_a_manifest(settings, mode, tmp_path, monkeypatch):
    from django.contrib.staticfiles import finders
    from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
    from django.utils.module_loading import import_string

    backend = import_string(BACKENDS[mode]["BACKEND"])

    class Static(ManifestFilesMixin, backend):
        """What a site writes to keep hashed static files in its storage."""

    settings.STATICFILES_DIRS = [tmp_path]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    finders.get_finder.cache_clear()
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "a.css").write_text('p { background: url("../img/b.png") }')
    (tmp_path / "img").mkdir()
    (tmp_path / "img" / "b.png").write_bytes(b"png")
    by_name = BACKENDS[mode].get("OPTIONS", {})
    # Under names, a second run finds the files of the first and replaces those that changed.
    options = {} if mode == "nameless" else {**by_name, "location": "static", "allow_overwrite": True}
    static = Static(base_url="/media/static/" if mode == "by_name" else "/media/", **options)
    monkeypatch.setattr(staticfiles_storage, "_wrapped", static)
    for _ in range(2):
        call_command("collectstatic", interactive=False, verbosity=0, stdout=io.StringIO())
    url = staticfiles_storage.url("css/a.css")
    style = b"".join(Client().get(url).streaming_content).decode()
    picture = style.partition('url("')[2].partition('"')[0]
    assert answers(urljoin(url, picture)), style
