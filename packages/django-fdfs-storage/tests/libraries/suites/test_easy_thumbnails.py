"""easy-thumbnails' own suite, which its wheel brings, on a site of its own: other libraries have a tag of the same name.

python -m pytest -c tests/libraries/pytest.ini --rootdir tests/libraries --ds suites.easy_thumbnails_site tests/libraries/suites
"""

from importlib import import_module
from itertools import count

import pytest
from django.apps import apps
from django_fdfs_storage.named.storage import NamedFastDFSStorage
from suites.cases import cases_of

pytest.importorskip("testfixtures", reason="needs testfixtures, as easy-thumbnails' own suite does")
if not apps.is_installed("easy_thumbnails.tests"):
    pytest.skip("needs --ds suites.easy_thumbnails_site", allow_module_level=True)

DISK = "looks at the disk"
OWN_TABLE = "of a storage without paths easy-thumbnails asks its own table, not the storage"
NOT_OURS = {
    "test_cleanup_command": DISK,
    "test_cleanup_dry_run": DISK,
    "test_cleanup_last_n_days": DISK,
    "test_default_subsampling": DISK,
    "test_delete": DISK,
    "test_delete_thumbnails": DISK,
    "test_missing_thumb_from_storage": OWN_TABLE,
    "test_postprocessor": "a command line works on files of the disk",
    "test_postprocessor_fail": "a command line works on files of the disk",
    "test_source_storage_hash_not_found": DISK,
    "test_subsampling": DISK,
    "test_tag": OWN_TABLE,
}
_turns = count()


class Storage(NamedFastDFSStorage):
    """Takes what the suite gives a storage: a folder for each."""

    temporary_location = "/nowhere"

    def __init__(self, location=None, base_url=None):
        super().__init__(location=location or f"easy/{next(_turns)}", url_by_name=True)

    def path(self, name):
        return super().path(name) if name else self.temporary_location

    def delete_temporary_storage(self):
        pass


@pytest.fixture(autouse=True)
def aside(tmp_path, monkeypatch) -> None:
    """The suite writes a picture into the folder that it runs in."""
    monkeypatch.chdir(tmp_path)


utils = import_module("easy_thumbnails.tests.utils")
utils.TemporaryStorage = utils.FakeRemoteStorage = Storage
SUITES = (
    "aliases",
    "animated_formats",
    "engine",
    "fields",
    "files",
    "management",
    "models",
    "namers",
    "pixel_processors",
    "source_generators",
    "svg_processors",
    "templatetags",
    "thumbnail_cleanup",
    "widgets",
)
for name in SUITES:
    suite = import_module(f"easy_thumbnails.tests.test_{name}")
    globals().update({f"{name}_{each}": case for each, case in cases_of(suite).items()})
