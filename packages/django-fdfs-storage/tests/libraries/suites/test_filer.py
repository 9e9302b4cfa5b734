"""django-filer's own suite, on a site of its own.

It is not in its wheel: `python tests/libraries/sources.py DIR` fetches it, and GUESTS names DIR.

python -m pytest -c tests/libraries/pytest.ini --rootdir tests/libraries --ds suites.filer_site tests/libraries/suites/test_filer.py

`-m "prove or not prove"` runs all of them, as `make prove` does.
"""

import os
import sys
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from suites.cases import cases_of

if not apps.is_installed("suites.extended_app"):
    pytest.skip("needs --ds suites.filer_site", allow_module_level=True)
if "GUESTS" not in os.environ:
    pytest.skip("needs GUESTS, the folder of other people's tests", allow_module_level=True)

# Rights, tags of templates, SVG and EXIF hardly store a file.
LONG = tuple(
    f"test_{module}."
    for module in (
        "compatibility",
        "filer_image_tags",
        "filer_tags",
        "loader",
        "migrations",
        "permission_cache",
        "permissions",
        "pil_exif",
        "recursive_dictionary",
        "svg",
        "thumbnail_processors",
        "validation",
    )
)
DISK = "looks at the disk, or wants the path of a file on it"
SITE = "wants more of the site that it was written for; it fails on a disk too"
NOT_OURS = {
    **dict.fromkeys(
        (
            "test_clear_clipboard_works",
            "test_create_icons",
            "test_delete_missing",
            "test_delete_orphans_multiple_storages",
            "test_delete_orphans_public",
            "test_dump_load_data",
            "test_dump_load_data_content",
            "test_file_change_upload_to_destination",
            "test_file_move_location",
            "test_file_upload_public_destination",
            "test_move_from_clipboard_to_folder_works",
            "test_move_to_clipboard_works",
        ),
        DISK,
    ),
    **dict.fromkeys(("test_filer_directory_listing_performance", "test_widget_has_change_button"), SITE),
}


sys.modules["tests.helpers"] = import_module("suites.filer_helpers")
sys.modules["tests.utils.extended_app.models"] = import_module("suites.extended_app.models")
for path in sorted(Path(os.environ["GUESTS"], "filer_tests").glob("test_*.py")):
    module = sys.modules[f"tests.{path.stem}"] = import_module(f"filer_tests.{path.stem}")
    globals().update({f"{path.stem}.{each}": case for each, case in cases_of(module).items()})
