"""A site with every library on the shelf that is installed here; FDFS_MODE says which storage keeps its files."""

import os
import sys
from importlib.util import find_spec
from tempfile import mkdtemp

from django_fdfs_storage.devserver import DevServer

MODE = os.environ.get("FDFS_MODE", "by_name")
BACKENDS = {
    "named": {"BACKEND": "django_fdfs_storage.named.storage.NamedFastDFSStorage"},
    "by_name": {
        "BACKEND": "django_fdfs_storage.named.storage.NamedFastDFSStorage",
        "OPTIONS": {"url_by_name": True},
    },
    "nameless": {"BACKEND": "django_fdfs_storage.storage.FastDFSStorage"},
}
# App -> the module that has to be installed for it.
LIBRARIES = {
    "easy_thumbnails": "easy_thumbnails",
    "filer": "filer",
    "imagekit": "imagekit",
    "import_export": "import_export",
    "photologue": "photologue",
    "sorl.thumbnail": "sorl",
    "sortedm2m": "sortedm2m",
    "taggit": "taggit",
    "versatileimagefield": "versatileimagefield",
    "wagtail": "wagtail",
    "wagtail.admin": "wagtail",
    "wagtail.documents": "wagtail",
    "wagtail.images": "wagtail",
    "wagtail.search": "wagtail",
    "wagtail.users": "wagtail",
}

SECRET_KEY = "only for tests"
ALLOWED_HOSTS = ["*"]
USE_TZ = True
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sites",
    "django.contrib.staticfiles",
    "django_fdfs_storage",
    "django_fdfs_storage.named",
    "shelf",
    *(app for app, module in LIBRARIES.items() if find_spec(module)),
]
if "GUESTS" in os.environ:
    sys.path.append(os.environ["GUESTS"])
    INSTALLED_APPS.append("file_storage")
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "shelf.urls"
SITE_ID = 1
STATIC_URL = "/static/"
MEDIA_URL = "/media/"
STORAGES = {
    "default": BACKENDS[MODE],
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# photologue asks its storage while it is imported: the server has to be there by now.
SERVER = DevServer(mkdtemp(prefix="fdfs-"), tracker_port=0, storage_port=0, http_port=0).start()
FDFS_STORAGE = {"TRACKERS": [SERVER.tracker], "LOOKUP_SECONDS": 0}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WAGTAIL_SITE_NAME = "shelf"
WAGTAILADMIN_BASE_URL = "http://testserver"
IMAGEKIT_CACHE_BACKEND = "default"
THUMBNAIL_ALIASES = {"": {"small": {"size": (40, 40)}}}
