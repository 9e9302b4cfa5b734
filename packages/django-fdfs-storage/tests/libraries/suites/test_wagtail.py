"""Wagtail's own suites of images and documents, which its wheel brings, on a site of its own.

python -m pytest -c tests/libraries/pytest.ini --rootdir tests/libraries --ds suites.wagtail_site tests/libraries/suites/test_wagtail.py

`-m "prove or not prove"` runs all of them, as `make prove` does.
"""

import pkgutil
from importlib import import_module
from pathlib import Path

import pytest
import wagtail
from django.apps import apps
from suites.cases import cases_of

if not apps.is_installed("wagtail.test.testapp"):
    pytest.skip("needs --ds suites.wagtail_site", allow_module_level=True)

_DOCUMENTS, _IMAGES = "wagtail.documents.tests.", "wagtail.images.tests."
# Lists, choosers and the API read rows of Wagtail's and hardly a file; they take half the time.
LONG = (
    f"{_DOCUMENTS}test_admin_views.TestDocumentChooserView",
    f"{_DOCUMENTS}test_admin_views.TestDocumentIndex",
    f"{_DOCUMENTS}test_api_v3.",
    f"{_DOCUMENTS}test_bulk_actions.",
    f"{_IMAGES}test_admin_views.TestImageChooserView",
    f"{_IMAGES}test_admin_views.TestImageIndex",
    f"{_IMAGES}test_admin_views.TestImageListing",
    f"{_IMAGES}test_api_v3.",
    f"{_IMAGES}test_bulk_actions.",
)
DISK = "wants the path of a file on disk"
OPENED = "asks the table of names when a file is opened or saved, which is a statement more for each"
SENT = "leaves the choice to Wagtail, which redirects to the URL of a document where a storage has no path"
NOT_OURS = {
    **dict.fromkeys(
        (
            "TestFrontendSendfileView.test_sendfile_dummy_backend",
            "TestFrontendServeView.test_get_missing_source_image_file",
            "TestFrontendServeView.test_get_with_redirect_action",
            "TestGetWillowImage.test_closes_image",
            "TestGetWillowImage.test_closes_image_on_exception",
            "TestImage.test_is_stored_locally",
        ),
        DISK,
    ),
    **dict.fromkeys(
        (
            "TestImageChooserView.test_num_queries",
            "TestImageIndexView.test_num_queries",
            "TestPrefetchRenditions.test_prefetch_renditions_on_non_image_querysets",
            "TestRenditions.test_create_renditions",
            "TestRenditions.test_get_renditions_performance_with_rendition_caching_disabled",
            "TestRenditions.test_get_renditions_performance_with_rendition_caching_enabled",
            "TestRenditions.test_prefetch_renditions_found",
            "TestRenditions.test_prefetch_renditions_not_found",
            "TestRenditions.test_prefetched_rendition_found",
            "TestRenditions.test_prefetched_rendition_not_found",
        ),
        OPENED,
    ),
    **dict.fromkeys(
        (
            "TestServeView.test_content",
            "TestServeView.test_content_disposition_header",
            "TestServeView.test_content_length_header",
            "TestServeView.test_content_security_policy",
            "TestServeView.test_content_type_header",
            "TestServeView.test_has_etag_header",
            "TestServeView.test_inline_content_disposition_header",
            "TestServeView.test_is_streaming_response",
            "TestServeView.test_no_sniff_content_type",
            "TestServeView.test_respects_if_match_header",
            "TestServeView.test_respects_if_none_match_header",
            "TestServeView.test_response_code",
            "TestServeWithUnicodeFilename.test_response_code",
        ),
        SENT,
    ),
}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    """What Wagtail's migrations put into its tables: a page, a site, a collection and who may what."""
    from django.contrib.auth.models import Group, Permission
    from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Locale, Page, Site

    with django_db_blocker.unblock():
        Locale.objects.create(language_code="en")
        root = Page.add_root(title="Root", slug="root")
        home = root.add_child(instance=Page(title="Welcome to your new Wagtail site!", slug="home"))
        Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
        collection = Collection.add_root(name="Root")
        for name, may_publish in (("Moderators", True), ("Editors", False)):
            group = Group.objects.create(name=name)
            group.permissions.add(Permission.objects.get(codename="access_admin"))
            for codename in ("add_page", "change_page", *(["publish_page"] if may_publish else [])):
                permission = Permission.objects.get(codename=codename, content_type__app_label="wagtailcore")
                GroupPagePermission.objects.create(group=group, page=root, permission=permission)
            for codename in (
                "add_image",
                "change_image",
                "choose_image",
                "add_document",
                "change_document",
                "choose_document",
            ):
                permission = Permission.objects.get(codename=codename, content_type__app_label__startswith="wagtail")
                GroupCollectionPermission.objects.create(group=group, collection=collection, permission=permission)


@pytest.fixture(autouse=True)
def beside(monkeypatch) -> None:
    """The suites open some of their pictures by a path from the folder that Wagtail lies in."""
    monkeypatch.chdir(Path(wagtail.__file__).parent.parent)


for package in (_DOCUMENTS, _IMAGES):
    for found in pkgutil.walk_packages(import_module(package.rstrip(".")).__path__, package):
        module = import_module(found.name)
        globals().update({f"{found.name}.{each}": case for each, case in cases_of(module).items()})
