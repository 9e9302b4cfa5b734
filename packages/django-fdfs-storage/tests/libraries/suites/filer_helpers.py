"""What django-filer's suite calls `tests.helpers`, which its source distribution leaves out."""

from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from django.contrib.auth import get_user_model
from filer.models.clipboardmodels import Clipboard, ClipboardItem
from filer.models.foldermodels import Folder
from PIL import Image


def create_superuser():
    return get_user_model().objects.create_superuser("admin", "admin@example.com", "secret")


def create_image(mode="RGB", size=(800, 600)):
    """A picture with something to see on it."""
    image = Image.new(mode, size)
    image.paste(1 if mode == "P" else "red", (size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 2))
    return image


def create_folder_structure(depth=2, sibling=2, parent=None):
    """`sibling` folders of each depth below this one."""
    for number in range(sibling):
        for below in range(depth):
            folder = Folder.objects.create(name=f"folder {number} of depth {below}", parent=parent)
            create_folder_structure(below, sibling, folder)


def create_clipboard_item(user, file_obj):
    clipboard, _created = Clipboard.objects.get_or_create(user=user)
    return ClipboardItem(clipboard=clipboard, file=file_obj)


@contextmanager
def SettingsOverride(settings, **values):  # noqa: N802 - the suite's name for it
    with ExitStack() as stack:
        for name, value in values.items():
            stack.enter_context(patch.object(settings, name, value, create=True))
        yield
