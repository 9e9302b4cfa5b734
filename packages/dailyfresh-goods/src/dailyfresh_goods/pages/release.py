"""The name of what makes the pages: another release or template means other pages."""

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import engines
from django.template.backends.django import DjangoTemplates

from .. import __version__
from ..conf import conf


@cache
def _digest() -> str:
    """Of every template the site can load, and of the names its static files carry."""
    digest = hashlib.sha256(__version__.encode())
    for engine in engines.all():
        folders = engine.template_dirs if isinstance(engine, DjangoTemplates) else ()
        for folder in map(Path, folders):
            for file in sorted(folder.rglob("*.html")):
                digest.update(str(file.relative_to(folder)).encode())
                digest.update(file.read_bytes())
    digest.update(getattr(staticfiles_storage, "manifest_hash", "").encode())
    return digest.hexdigest()[:12]


def release() -> str:
    """The setting RELEASE with a digest of templates and static names; read once a process unless DEBUG is on."""
    digest = "debug" if settings.DEBUG else _digest()
    return f"{conf.RELEASE}-{digest}" if conf.RELEASE else digest
