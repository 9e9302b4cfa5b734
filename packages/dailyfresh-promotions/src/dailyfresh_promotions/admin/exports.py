"""Lists of the admin to take away."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from dailyfresh_core.days import local
from dailyfresh_core.exchange import write_csv
from dailyfresh_core.lists import ForgivingLists
from dailyfresh_core.rows import in_portions
from django.contrib import admin
from django.contrib.admin.utils import label_for_field, lookup_field
from django.http import HttpRequest, StreamingHttpResponse
from django.template.defaultfilters import yesno
from django.utils.translation import gettext_lazy as _


class Exported(ForgivingLists, admin.ModelAdmin):  # type: ignore[type-arg]
    """A list whose columns can be exported as they are shown."""

    @admin.action(description=_("Export as CSV"), permissions=["view"])
    def export(self, request: HttpRequest, queryset: Any) -> StreamingHttpResponse:
        return StreamingHttpResponse(
            write_csv([self._label(name) for name in self.list_display], self._cells(queryset)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{self.opts.model_name}.csv"'},
        )

    def _cells(self, chosen: Any) -> Iterator[dict[str, str]]:
        for row in in_portions(chosen, 1000, newest_first=True):
            yield {self._label(name): self._cell(row, name) for name in self.list_display}

    def _label(self, name: Any) -> str:
        return str(label_for_field(name, self.model, self))

    def _cell(self, row: Any, name: Any) -> str:
        if written := getattr(row, f"get_{name}_display", None):
            return str(written())
        value = lookup_field(name, row, self)[2]
        if isinstance(value, datetime):
            value = f"{local(value):%Y-%m-%d %H:%M:%S}"
        return "" if value is None else str(yesno(value) if isinstance(value, bool) else value)
