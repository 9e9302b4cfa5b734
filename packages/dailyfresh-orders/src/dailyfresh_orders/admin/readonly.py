"""Rows beside their order that are shown and never written: what is in the books changes by services only."""

from typing import Any

from dailyfresh_core.admin.lists import ReadOnly
from django.contrib import admin
from django.http import HttpRequest


class ReadOnlyInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    extra = 0
    can_delete = False
    show_change_link = False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # Also for times that the database fills in: a field that nobody may edit cannot be in a form.
        return self.fields
