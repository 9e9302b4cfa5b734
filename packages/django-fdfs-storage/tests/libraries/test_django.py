"""Django's own tests of its file storages, on the storage with names.

They are not in Django's wheel: `python tests/libraries/sources.py DIR` fetches them, and GUESTS names DIR.
NOT_OURS says what does not apply, and why.
"""

import os

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.test import TestCase
from django_fdfs_storage.named.storage import NamedFastDFSStorage

DISK = "looks at the disk, or replaces its functions"
FOLDER = "a folder is a part of names, as in an object store: it neither exists nor has times, and cannot be deleted"
ACCESSED = "FastDFS keeps no time of access"
NOT_OURS = {
    **dict.fromkeys(
        (
            "test_empty_location",
            "test_file_get_created_time",
            "test_file_get_modified_time",
            "test_file_methods_pathlib_path",
            "test_file_object",
            "test_file_path",
            "test_file_save_broken_symlink",
            "test_file_save_without_name",
            "test_file_storage_preserves_filename_case",
            "test_makedirs_race_handling",
            "test_remove_race_handling",
            "test_setting_changed",
        ),
        DISK,
    ),
    **dict.fromkeys(
        (
            "test_delete",
            "test_delete_deletes_directories",
            "test_directory_times_changing_after_file_creation",
            "test_directory_times_changing_after_file_deletion",
            "test_exists",
            "test_file_node_cannot_have_children",
            "test_file_save_with_path",
            "test_open_dir_as_file",
        ),
        FOLDER,
    ),
    **dict.fromkeys(
        ("test_file_accessed_time", "test_file_get_accessed_time", "test_file_get_accessed_time_timezone"), ACCESSED
    ),
    "test_base_url": "the options of a storage do not change",
    "test_extended_length_storage": "a name has up to 255 characters with its folders, not without them",
    "test_file_created_time": "a file that was opened to be read is not written",
    "test_file_storage_prevents_directory_traversal": "an absolute name lies in the storage, as in an object store",
    "test_file_url": "no name has no URL",
    "test_removing_temporary_file_after_save": "a temporary file is copied, and goes when it is closed",
    "test_save_overwrite_behavior_temp_file": "a temporary file is copied, and goes when it is closed",
}


class Storage(NamedFastDFSStorage):
    """Takes what Django's tests give a storage; a folder on disk is nothing to it."""

    location = "/"

    def __init__(self, location="", base_url=None, **options):
        super().__init__(**({"base_url": base_url} if base_url else {}), **options)


if "GUESTS" not in os.environ:
    pytest.skip("needs GUESTS, the folder of other people's tests", allow_module_level=True)

from file_storage import test_generate_filename, test_inmemory_storage, tests  # noqa: E402
from file_storage.models import Storage as Row  # noqa: E402


class TestFileStorage(tests.FileStorageTests, TestCase):
    storage_class = Storage
    test_listdir = None  # makes its folder on disk; a failure of its subtests cannot be expected


class TestOverwriting(tests.OverwritingStorageTests, TestCase):
    storage_class = Storage
    test_listdir = None

    def setUp(self):
        super().setUp()
        self.storage = Storage(base_url="/test_media_url/", allow_overwrite=True)


class TestNames(test_generate_filename.StorageGenerateFilenameTests):
    storage_class = Storage


class TestContent(test_inmemory_storage.MemoryStorageIOTests, TestCase):
    def setUp(self):
        self.storage = Storage()


class TestTimes(test_inmemory_storage.MemoryStorageTimesTests, TestCase):
    def setUp(self):
        self.storage = Storage()


class TestFileField(tests.FileFieldStorageTests):
    @pytest.fixture(autouse=True)
    def ours(self, monkeypatch):
        storage = Storage()
        monkeypatch.setattr(tests, "temp_storage", storage)
        for field in Row._meta.concrete_fields:
            if isinstance(field, models.FileField) and type(field.storage) is FileSystemStorage:
                monkeypatch.setattr(field, "storage", storage)
