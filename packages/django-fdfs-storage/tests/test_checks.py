"""The system checks say what is wrong and what to write."""

import pytest
from django.contrib.staticfiles.storage import ManifestFilesMixin
from django.core.checks import run_checks
from django.db import models
from django.test.utils import isolate_apps
from django_fdfs_storage.named.models import StoredFile
from django_fdfs_storage.named.storage import NamedFastDFSStorage

# Django's own check of a JSON column asks the database.
pytestmark = pytest.mark.django_db
NAMED = "django_fdfs_storage.named.storage.NamedFastDFSStorage"
BACKEND = "django_fdfs_storage.storage.FastDFSStorage"


@pytest.fixture
def ids(settings):
    def ids(*, storages=None, **options) -> list[str]:
        if storages is not None:
            settings.STORAGES = {**settings.STORAGES, **storages}
        settings.FDFS_STORAGE = {**settings.FDFS_STORAGE, **options}
        return [message.id for message in run_checks(tags=["files", "models", "urls"])]

    return ids


def test_a_right_configuration_is_silent(ids):
    assert ids() == []
    assert ids(REFERENCES=["minisite.Article.text"], ADDRESS_MAP={"a": "b:1"}, BASE_URL="/m/") == []


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"TRACKER": []}, "fdfs.W001"),
        ({"trackers": []}, "fdfs.W001"),
        ({"TRACKERS": []}, "fdfs.E003"),
        ({"TRACKERS": ["host:port"]}, "fdfs.E004"),
        ({"ADDRESS_MAP": {"10.0.0.1": "a:b:c"}}, None),
        ({"ADDRESS_MAP": {"10.0.0.1": "a:b"}}, "fdfs.E004"),
        ({"TRACKERS": ["http://10.0.0.1:22122"]}, "fdfs.E004"),
        ({"TRACKERS": ["fd00::1", "[fd00::1]:22122", "tracker_1.lan"]}, None),
        ({"NETWORK_TIMEOUT": 0}, "fdfs.E005"),
        ({"BASE_URL": {"group1": "/a/"}}, "fdfs.E005"),
        ({"BASE_URL": {"group1": "/a/", "*": "/b/"}}, None),
        ({"GROUP": "a group of a long name"}, "fdfs.E005"),
        ({"PRIVATE": "no"}, "fdfs.E005"),
        ({"TOKEN_SECRET": ""}, "fdfs.E005"),
        ({"ACCEL_REDIRECT": "protected"}, "fdfs.E005"),
        ({"MAX_CONNECTIONS": "8"}, "fdfs.E005"),
        ({"ENGINE": "nowhere.Engine"}, "fdfs.E006"),
        ({"ENGINE": "builtins.int"}, "fdfs.E006"),
        ({"METRICS": "nowhere.metrics"}, "fdfs.E006"),
        ({"METRICS": "string.digits"}, "fdfs.E006"),
        ({"POLICY": "minisite.policies.membersonly"}, "fdfs.E006"),
        ({"POLICY": "minisite.policies.members_only"}, None),
        ({"REFERENCES": ["minisite.Article.nothing"]}, "fdfs.E008"),
        ({"REFERENCES": ["text"]}, "fdfs.E008"),
        ({"TRACKERS": [], "CLIENT_CONF": "/nowhere/client.conf"}, "fdfs.E002"),
    ],
)
def test_a_wrong_setting_is_found(ids, options, expected):
    assert ids(**options) == ([expected] if expected else [])


def test_a_wrong_option_of_a_storage_is_found(ids):
    assert ids(storages={"pictures": {"BACKEND": BACKEND, "OPTIONS": {"tracker": "a:1"}}}) == ["fdfs.E001"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"lookup_seconds": "x"}, ["fdfs.E005"]),
        ({"lookup_seconds": 0, "deduplicate": True}, []),
        ({"location": "../x"}, ["fdfs.E005"]),
        ({"location": "/a/./b"}, ["fdfs.E005"]),
        ({"location": "/a/b/"}, []),
        ({"allow_overwrite": 1}, ["fdfs.E005"]),
    ],
)
def test_a_wrong_option_of_a_storage_with_names_is_found(ids, options, expected):
    assert ids(storages={"pictures": {"BACKEND": NAMED, "OPTIONS": options}}) == expected


def test_a_storage_that_cannot_be_built_is_told_of_and_no_traceback(ids):
    broken = {"BACKEND": BACKEND, "OPTIONS": {"tracker": "a:1"}}
    assert ids(storages={"default": broken}) == ["fdfs.E001"]


def test_a_storage_that_reads_its_manifest_from_a_cluster_that_is_down_is_told_of(ids):
    hashed = {"BACKEND": f"{__name__}.HashedStorage", "OPTIONS": {"url_by_name": True, "base_url": "/site/bills/"}}
    row = StoredFile.of("staticfiles.json", "group1/M00/00/00/fwAAAWsDvrATgGbABDI4MZvhSc935.json", 9, "")
    row.name = "staticfiles.json"
    row.save()
    assert "fdfs.W005" in ids(storages={"staticfiles": hashed}, TRACKERS=["127.0.0.1:1"])


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, []),
        ({"private": True}, []),
        ({"url_by_name": True}, []),
        ({"base_url": "http://127.0.0.1:8888/"}, []),
        ({"base_url": "http://127.0.0.1:8888/", "private": True}, ["fdfs.W004"]),
        ({"base_url": "http://127.0.0.1:8888/", "url_by_name": True}, ["fdfs.W004"]),
        ({"base_url": "http://127.0.0.1:8888/", "policy": "minisite.policies.members_only"}, ["fdfs.W004"]),
        ({"base_url": "https://files.example.com/site/media", "private": True}, []),
        ({"base_url": {"group1": "/site/media/", "*": "/elsewhere/"}, "private": True}, ["fdfs.W004"]),
    ],
)
def test_urls_that_only_the_view_answers_and_that_lead_elsewhere_are_found(ids, options, expected):
    assert ids(storages={"default": {"BACKEND": NAMED, "OPTIONS": options}}) == expected


def test_a_second_storage_needs_a_view_of_its_own(ids, settings):
    bills = {
        "BACKEND": NAMED,
        "OPTIONS": {"private": True, "location": "bills", "policy": "minisite.policies.members_only"},
    }
    assert ids(storages={"bills": bills}) == ["fdfs.W004"]
    bills["OPTIONS"]["base_url"] = "/site/bills/"
    assert ids(storages={"bills": bills}) == []


def test_static_files_do_not_fit(ids):
    assert ids(storages={"staticfiles": {"BACKEND": BACKEND}}) == ["fdfs.E007"]


def test_a_library_that_needs_names_is_named(ids, monkeypatch):
    installed = {"imagekit", "wagtail.documents", "django_fdfs_storage.named"}
    monkeypatch.setattr("django_fdfs_storage.checks.apps.is_installed", installed.__contains__)
    assert ids() == ["fdfs.W002", "fdfs.W002"]
    assert ids(storages={"default": {"BACKEND": NAMED}}) == []


def test_what_needs_urls_of_names_is_named(ids, monkeypatch):
    installed = {"photologue", "imagekit", "django_fdfs_storage.named"}
    monkeypatch.setattr("django_fdfs_storage.checks.apps.is_installed", installed.__contains__)
    hashed = f"{__name__}.HashedStorage"
    for options, expected in (({}, ["fdfs.W002", "fdfs.W002"]), ({"url_by_name": True}, [])):
        storages = {"default": {"BACKEND": NAMED}, "staticfiles": {"BACKEND": hashed}}
        assert ids(storages={key: {**each, "OPTIONS": options} for key, each in storages.items()}) == expected


class HashedStorage(ManifestFilesMixin, NamedFastDFSStorage):
    """Static files whose names carry a hash."""


def test_a_storage_with_names_may_keep_static_files_and_long_names(ids):
    assert ids(storages={"staticfiles": {"BACKEND": NAMED, "OPTIONS": {"location": "static"}}}) == []


def test_a_storage_with_names_whose_app_is_not_installed_is_found(ids, monkeypatch):
    monkeypatch.setattr("django_fdfs_storage.checks.apps.is_installed", set().__contains__)
    assert ids(storages={"pictures": {"BACKEND": NAMED}}) == ["fdfs.E001"]
    assert StoredFile._meta.app_label == "fdfs_named"


@pytest.mark.parametrize(
    ("private", "other", "expected"),
    [
        ({"location": "private"}, {}, ["fdfs.W003"]),
        ({"location": "a/private"}, {"location": "/a"}, ["fdfs.W003"]),
        ({}, {"location": "private"}, []),
        ({"location": "private"}, {"location": "private"}, ["fdfs.W003"]),
        ({"location": "private"}, {"location": "priv"}, []),
        ({"location": "private"}, {"policy": "minisite.policies.all_but_bills"}, []),
        ({"location": "private"}, {"private": True, "location": "other"}, []),
    ],
)
def test_private_files_in_a_folder_of_an_open_storage_are_found(ids, private, other, expected):
    storages = {"default": {"BACKEND": NAMED, "OPTIONS": other}}
    storages["bills"] = {"BACKEND": NAMED, "OPTIONS": {"private": True, "base_url": "/site/bills/", **private}}
    assert ids(storages=storages) == expected


def test_each_message_has_a_hint(settings):
    settings.FDFS_STORAGE = {"TRACKRS": [], "NETWORK_TIMEOUT": 0, "REFERENCES": ["x"], "ENGINE": "x.y"}
    messages = run_checks(tags=["files"])
    assert {message.id for message in messages} == {"fdfs.W001", "fdfs.E003", "fdfs.E005", "fdfs.E006", "fdfs.E008"}
    assert all(message.hint for message in messages)
    assert next(message.hint for message in messages if message.id == "fdfs.W001") == "Did you mean 'TRACKERS'?"


def test_a_field_too_short_for_a_file_id_is_found():
    from django_fdfs_storage.checks import field_messages

    with isolate_apps("minisite"):

        class Short(models.Model):
            file = models.FileField(max_length=40)

            class Meta:
                app_label = "minisite"

        assert [message.id for message in field_messages(Short)] == ["fdfs.E009"]


def test_named_storages_of_two_clusters_do_not_share_the_table(ids):
    one = {"BACKEND": NAMED, "OPTIONS": {"trackers": ["a:1", "b:1"]}}
    assert ids(storages={"one": one, "two": {"BACKEND": NAMED, "OPTIONS": {"trackers": ["c:1"]}}}) == ["fdfs.E010"]
    assert ids(storages={"one": one, "two": {"BACKEND": NAMED, "OPTIONS": {"trackers": ["b:1"]}}}) == []
    assert ids(storages={"one": one, "two": {"BACKEND": BACKEND, "OPTIONS": {"trackers": ["c:1"]}}}) == []
