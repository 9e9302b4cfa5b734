"""django-photologue's own suite, which its wheel brings; it runs where every URL is made of names."""

from importlib import import_module

import pytest
from shelf.settings import MODE

pytest.importorskip("factory", reason="needs factory-boy, as photologue's own suite does")
if MODE != "by_name":
    pytest.skip("photologue makes URLs from the URL of another file", allow_module_level=True)

NOT_OURS = {
    "test_cachedir_tag": "wants a file that photologue saves while it is imported, before there is a table",
    "test_create_size_png_keep_alpha_channel": "wants path",
}
SUITES = (
    "gallery",
    "photo",
    "photosize",
    "resize",
    "effect",
    "sitemap",
    "sites",
    "views_gallery",
    "views_photo",
    "zipupload",
)
for name in SUITES:
    suite = import_module(f"photologue.tests.test_{name}")
    globals().update({each: case for each, case in vars(suite).items() if each.endswith(("Test", "Tests", "TestCase"))})
