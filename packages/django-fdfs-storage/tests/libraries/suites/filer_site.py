"""The site of django-filer's own suite: its public files in our storage, its private ones on disk, from where its view sends them."""

from tempfile import mkdtemp

from shelf.settings import *  # noqa: F403
from shelf.settings import BACKENDS, INSTALLED_APPS, MIDDLEWARE, MODE

OURS = {"ENGINE": BACKENDS[MODE]["BACKEND"], "OPTIONS": BACKENDS[MODE].get("OPTIONS", {})}
FILER_STORAGES = {"public": {"main": OURS, "thumbnails": OURS}}
FILE_UPLOAD_TEMP_DIR = mkdtemp(prefix="filer-")
# Private files lie beside it.
MEDIA_ROOT = f"{FILE_UPLOAD_TEMP_DIR}/media"
INSTALLED_APPS = [*INSTALLED_APPS, "polymorphic", "suites.extended_app"]
MIDDLEWARE = [*MIDDLEWARE, "django.middleware.locale.LocaleMiddleware"]
FILER_CANONICAL_URL = "test-path/"
ROOT_URLCONF = "suites.filer_urls"
THUMBNAIL_PROCESSORS = (
    "easy_thumbnails.processors.colorspace",
    "easy_thumbnails.processors.autocrop",
    "filer.thumbnail_processors.scale_and_crop_with_subject_location",
    "easy_thumbnails.processors.filters",
)
