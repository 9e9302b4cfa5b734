import io
import os
from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from shelf.settings import SERVER

PIL = pytest.importorskip("PIL.Image", reason="needs Pillow, as every library on the shelf does")


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
