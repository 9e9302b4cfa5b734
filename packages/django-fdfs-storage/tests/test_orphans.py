"""With `delete_orphans`, a file goes when the last row lets go of it, and only when that is committed."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models.signals import post_save, pre_save
from django.test.utils import CaptureQueriesContext
from minisite.models import Article, Picture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def delete_orphans(settings, site):
    settings.FDFS_STORAGE = {
        **settings.FDFS_STORAGE,
        "DELETE_ORPHANS": True,
        "REFERENCES": ["minisite.Article.text", "minisite.Article.cover_name", "minisite.Article.extra"],
    }


def picture() -> tuple[Picture, str]:
    picture = Picture()
    picture.file.save("a.jpg", ContentFile(b"x"))
    return picture, picture.file.name


def test_a_replaced_file_goes():
    row, old = picture()
    row.file = ContentFile(b"new", name="b.jpg")
    row.save()
    assert not default_storage.exists(old)
    assert default_storage.exists(row.file.name)


def test_a_cleared_file_goes():
    row, old = picture()
    row.file = ""
    row.save()
    assert not default_storage.exists(old)


def test_the_file_of_a_deleted_row_goes():
    row, old = picture()
    Picture.objects.filter(pk=row.pk).delete()
    assert not default_storage.exists(old)


def test_nothing_goes_before_the_commit_and_nothing_after_a_rollback():
    row, old = picture()
    with transaction.atomic():
        row.delete()
        transaction.set_rollback(True)
    assert default_storage.exists(old)
    with transaction.atomic():
        Picture.objects.all().delete()
        assert default_storage.exists(old)
    assert not default_storage.exists(old)


def test_a_save_that_changes_nothing_deletes_nothing():
    row, old = picture()
    row.title = "new"
    row.save()
    Picture.objects.get().save()
    row.file = "group1/other"
    row.save(update_fields=["title"])
    assert default_storage.exists(old)


def test_a_file_that_another_row_refers_to_stays():
    row, old = picture()
    twin = Picture.objects.create(file=old)
    row.delete()
    assert default_storage.exists(old)
    twin.delete()
    assert not default_storage.exists(old)


@pytest.mark.django_db(transaction=True)
def test_a_named_file_goes_whose_name_is_but_a_part_of_another(settings, held):
    named = "django_fdfs_storage.named.storage.NamedFastDFSStorage"
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": named}}
    settings.FDFS_STORAGE = {**settings.FDFS_STORAGE, "LOOKUP_SECONDS": 0}
    rows = [
        Picture.objects.create(file=default_storage.save(name, ContentFile(b"x"))) for name in ("data.jpg", "a.jpg")
    ]
    rows[1].delete()
    assert default_storage.listdir("") == ([], ["data.jpg"])
    Article.objects.create(text=f"<img src='{rows[0].file.url}'>")
    rows[0].delete()
    assert default_storage.exists("data.jpg")


@pytest.mark.parametrize("column", ["text", "cover_name", "extra"])
def test_a_file_that_a_named_column_mentions_stays(column):
    row, old = picture()
    values = {"text": f"<img src='/media/{old}'>.", "cover_name": old, "extra": {"images": [old]}}
    Article.objects.create(**{column: values[column]})
    row.delete()
    assert default_storage.exists(old)


def test_the_file_of_a_row_that_was_read_in_part_goes():
    row, old = picture()
    Picture.objects.defer("file").get().delete()
    assert not default_storage.exists(old)


def test_models_without_files_keep_their_fast_deletion():
    Article.objects.create()
    with CaptureQueriesContext(connection) as queries:
        Article.objects.all().delete()
    assert not [query for query in queries if query["sql"].startswith("SELECT")]


def test_another_case_is_another_file():
    row, old = picture()
    Article.objects.create(text=old.swapcase())
    row.delete()
    assert not default_storage.exists(old)


def test_a_cluster_that_is_down_loses_no_row_and_says_what_stays(settings, caplog):
    row, old = picture()
    row = Picture.objects.get()
    settings.FDFS_STORAGE = {**settings.FDFS_STORAGE, "TRACKERS": ["127.0.0.1:1"]}
    row.delete()
    assert not Picture.objects.exists()
    assert old in caplog.text


def test_without_the_option_nothing_is_deleted_and_nothing_asked(settings, django_assert_num_queries):
    row, old = picture()
    settings.FDFS_STORAGE = {**settings.FDFS_STORAGE, "DELETE_ORPHANS": False}
    row.file = ""
    with django_assert_num_queries(1):
        row.save()
    assert default_storage.exists(old)


def test_a_signal_that_somebody_else_sends_with_less_than_django_is_no_error():
    row, old = picture()
    for signal in (pre_save, post_save):
        signal.send(sender=Picture, instance=row)
    assert default_storage.exists(old)
