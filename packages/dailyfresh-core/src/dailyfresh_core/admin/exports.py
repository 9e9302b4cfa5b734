"""Lists of the admin to take away."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import label_for_field, lookup_field
from django.http import HttpRequest, StreamingHttpResponse
from django.template.defaultfilters import yesno
from django.utils.translation import gettext_lazy as _

from ..days import local
from ..db.rows import in_portions
from ..exchange import write_csv


def csv_file(lines: Iterable[bytes], name: str) -> StreamingHttpResponse:
    """The answer that a browser saves under this name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


class Exported:
    """For an admin whose list can be exported as it is shown, or with the columns of `exported`; named in its `actions` as "export"."""

    exported: Sequence[Any] = ()
    model: Any
    list_display: Any
    opts: Any

    @admin.action(description=_("Export as CSV"), permissions=["view"])
    def export(self, request: HttpRequest, queryset: Any) -> StreamingHttpResponse:
        columns = [self._label(name) for name in self._columns()]
        return csv_file(write_csv(columns, self._cells(queryset)), f"{self.opts.model_name}.csv")

    def _columns(self) -> Sequence[Any]:
        return self.exported or self.list_display

    def _cells(self, chosen: Any) -> Iterator[dict[str, Any]]:
        for row in in_portions(chosen, 1000, newest_first=True):
            yield {self._label(name): self._cell(row, name) for name in self._columns()}

    def _label(self, name: Any) -> str:
        return str(label_for_field(name, self.model, self))  # type: ignore[call-overload]

    def _cell(self, row: Any, name: Any) -> Any:
        """Amounts stay numbers, which a spreadsheet adds up; everything else is text."""
        if written := getattr(row, f"get_{name}_display", None):
            return str(written())
        value = lookup_field(name, row, self)[2]  # type: ignore[arg-type]
        if isinstance(value, datetime):
            value = f"{local(value):%Y-%m-%d %H:%M:%S}"
        if isinstance(value, Decimal):
            return value
        return "" if value is None else str(yesno(value) if isinstance(value, bool) else value)
