"""Replace one file by many threads, on a database of SQLite in a file: `replacing.py DATABASE TRACKER`."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

import django
from django.conf import settings

os.environ["DJANGO_SETTINGS_MODULE"] = "minisite.settings"
settings.DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[1], "OPTIONS": {"timeout": 60}}
}
settings.FDFS_STORAGE = {"TRACKERS": sys.argv[2], "ALLOW_OVERWRITE": True, "LOOKUP_SECONDS": 0}
django.setup()

from django.core.files.base import ContentFile  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django_fdfs_storage.named.storage import NamedFastDFSStorage  # noqa: E402

call_command("migrate", "fdfs_named", verbosity=0)
with ThreadPoolExecutor(3) as threads:
    for _ in threads.map(lambda _: NamedFastDFSStorage().save("one.txt", ContentFile(b"new")), range(12)):
        pass
