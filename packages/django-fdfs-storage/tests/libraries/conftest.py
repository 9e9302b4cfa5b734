import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from shelf.settings import SERVER

PIL = pytest.importorskip("PIL.Image", reason="needs Pillow, as every library on the shelf does")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    """What migrations of the libraries put into tables; running those takes four times as long as all tests."""
    with django_db_blocker.unblock():
        if apps.is_installed("wagtail") and apps.is_installed("shelf"):
            apps.get_model("wagtailcore.Collection").add_root(name="Root")
        if apps.is_installed("photologue"):
            sizes = apps.get_model("photologue.PhotoSize").objects
            for name in ("admin_thumbnail", "thumbnail"):
                sizes.create(name=name, width=100, height=75, crop=True, pre_cache=True)
            sizes.create(name="display", width=400, pre_cache=True, increment_count=True)


@pytest.fixture
def held() -> Callable[[], int]:
    """How many files FastDFS holds."""
    return lambda: sum(1 for path in SERVER.disks["group1"].data.rglob("*") if path.is_file())


@pytest.fixture
def photo() -> Callable[..., ContentFile]:
    """A picture to upload."""

    def photo(name: str = "photo.jpg", size: tuple[int, int] = (120, 80)) -> ContentFile:
        content = io.BytesIO()
        PIL.new("RGB", size, os.urandom(3).hex().join(["#", ""])).save(content, "JPEG")
        return ContentFile(content.getvalue(), name=name)

    return photo


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Some guests write where they stand."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def expect(request) -> None:
    """What the NOT_OURS of a module says of a guest's test, by its name or with its class in front."""
    expected, name = getattr(request.module, "NOT_OURS", {}), request.node.name
    owner = request.cls.__name__ if request.cls else ""
    if reason := expected.get(f"{owner}.{name}") or expected.get(name):
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))


def pytest_itemcollected(item) -> None:
    """What the LONG of a module names by how it begins is of the long proofs."""
    if item.parent.name.startswith(getattr(item.module, "LONG", ()) or ("-",)):
        item.add_marker("prove")
