"""What several of the admin's pages have."""

from typing import Any

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _


class Thumbnail:
    """A column with the row's picture."""

    @admin.display(description=_("picture"))
    def thumbnail(self, row: Any) -> str | SafeString:
        image = getattr(row, "image", None) or getattr(row, "logo", None)
        if not image:
            return "–"
        return format_html('<img src="{}" width="48" height="48" alt="" loading="lazy">', image.url)
