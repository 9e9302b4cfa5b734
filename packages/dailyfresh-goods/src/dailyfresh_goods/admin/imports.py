"""Taking a file of goods in: what was found in it and what it would do, then doing it in the background."""

from typing import Any

from dailyfresh_core.admin.exports import csv_file
from dailyfresh_core.admin.shop import ShopAdmin
from dailyfresh_core.exchange import ENCODINGS, ENDINGS, SEPARATORS, BadFile, How
from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from .. import services
from ..import_export.archives import ZIP
from ..import_export.columns import REQUIRED, all_columns, label_of
from ..models import GoodsImport

LARGEST, LARGEST_ZIP = 20 * 2**20, 30 * 2**20  # more than that is for `manage.py load_catalogue`
RECENT = 10
UNKNOWN = "?"
"""What the choice of a heading says that nobody has told a column of."""


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"), widget=forms.FileInput(attrs={"accept": ",".join((*ENDINGS, ZIP))})
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        largest = LARGEST_ZIP if file.name.lower().endswith(ZIP) else LARGEST
        if file.size and file.size > largest:
            said = _("The file is larger than %d MB; use manage.py load_catalogue.")
            raise forms.ValidationError(said % (largest // 2**20))
        return file


class HowForm(forms.Form):
    """How the file is read and what its headings mean, as found or as told."""

    encoding = forms.ChoiceField(label=gettext_lazy("Encoding"), choices=list(ENCODINGS.items()), required=False)
    separator = forms.ChoiceField(label=gettext_lazy("Separator"), choices=list(SEPARATORS.items()), required=False)
    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"), required=False)
    heading = forms.IntegerField(label=gettext_lazy("Row with the headings"), required=False, min_value=1)
    skip_bad = forms.BooleanField(label=gettext_lazy("Leave bad rows out and take the others in"), required=False)

    def __init__(self, look: services.Look, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.look = look
        self.fields["sheet"].choices = [(name, name) for name in look.sheets]  # type: ignore[attr-defined]
        shown = {
            "CSV": ("encoding", "separator", "heading"), "XLSX": ("sheet", "heading"), "JSON": ("encoding",),
        }.get(look.kind, ())  # fmt: skip
        for name in ("encoding", "separator", "sheet", "heading"):
            if name in shown:
                self.fields[name].initial = getattr(look.how, name)
            else:
                del self.fields[name]
        columns = [(column, label_of(column)) for column in all_columns()]
        for number, (heading, column) in enumerate(look.columns):
            self.fields[f"column-{number}"] = forms.ChoiceField(
                label=heading,
                choices=[(UNKNOWN, "?"), ("", _("(left out)")), *columns],
                initial=UNKNOWN if column is None else column,
                required=False,
            )

    def how(self) -> How:
        data = self.cleaned_data
        return How(**{name: data[name] for name in ("encoding", "separator", "sheet", "heading") if data.get(name)})

    def headings(self) -> dict[str, str]:
        """Heading -> column, or empty where it is left out."""
        chosen = {heading: self.cleaned_data[f"column-{n}"] for n, (heading, _column) in enumerate(self.look.columns)}
        return {heading: column for heading, column in chosen.items() if column != UNKNOWN}

    def mapped(self) -> list[Any]:
        """The fields of the headings."""
        return [self[f"column-{number}"] for number in range(len(self.look.columns))]


class OfAdmin(View):
    """A page beside the list of SKUs, for those who may add and change them."""

    model_admin: ShopAdmin = None  # type: ignore[assignment]  # `as_view` is given it

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        of = self.model_admin
        if not (of.has_add_permission(request) and of.has_change_permission(request)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        return self.model_admin.page(request, f"admin/dailyfresh_goods/sku/{template}", title, **context)


class UploadView(OfAdmin):
    """GET shows the form and what became of former files, POST keeps a file and leads to its page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, UploadForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                upload = services.keep_import(file=file.file, name=file.name, by=request.user)
            except BadFile as error:
                form.add_error("file", str(error))
            else:
                return redirect("admin:dailyfresh_goods_sku_import_one", upload.pk)
        return self._page(request, form)

    def _page(self, request: HttpRequest, form: UploadForm) -> HttpResponse:
        recent = GoodsImport.objects.select_related("by")[:RECENT]
        columns = [(column, label_of(column), column in REQUIRED) for column in all_columns()]
        return self.page(request, "import.html", _("Import goods"), form=form, recent=recent, columns=columns)


class ImportView(OfAdmin):
    """GET shows the file and how far it is, POST tells how to read it (`look`), checks it, takes it in, or cancels that."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        upload = get_object_or_404(GoodsImport, pk=pk)
        look = None if upload.is_under_way else services.look_at(upload)
        return self._page(request, upload, look, HowForm(look, initial={"skip_bad": upload.skip_bad}) if look else None)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        upload = get_object_or_404(GoodsImport, pk=pk)
        here = redirect("admin:dailyfresh_goods_sku_import_one", pk)
        if "cancel" in request.POST:
            services.cancel_import(upload=upload)
            return here
        look = services.look_at(upload)
        form = HowForm(look, request.POST)
        if not form.is_valid():
            return self._page(request, upload, look, form)
        self._tell(upload, form)
        return here

    def _tell(self, upload: GoodsImport, form: HowForm) -> None:
        how = form.how()
        services.tell_import(upload=upload, how=how, headings=form.headings())
        # Headings of another sheet or row are others: they are shown before anything is done.
        same = (how.sheet, how.heading) == (form.look.how.sheet, form.look.how.heading or 0)
        if {"check", "run"} & form.data.keys() and (same or form.look.kind == "JSON"):
            skip_bad = form.cleaned_data["skip_bad"]
            services.begin_import(upload=upload, dry_run="check" in form.data, skip_bad=skip_bad)

    def _page(
        self, request: HttpRequest, upload: GoodsImport, look: services.Look | None, form: HowForm | None
    ) -> HttpResponse:
        columns = [column for _heading, column in look.columns if column] if look else []
        lines = [
            (
                line,
                [(line.cells.get(column), line.problems.get(column)) for column in columns],
                _beside(line, columns),
            )
            for line in (look.lines if look else ())
        ]
        context = {"upload": upload, "look": look, "form": form, "columns": [*map(label_of, columns)], "lines": lines}
        return self.page(request, "import_one.html", upload.name, **context)


def _beside(line: services.Line, columns: list[str]) -> str:
    """What is wrong with the row as a whole, and with what it has no cell for."""
    of_none = (one for one in line.problems.items() if one[0] not in columns)
    return "; ".join(f"{label_of(column)}: {problem}" if column else problem for column, problem in of_none)


class MarkedView(OfAdmin):
    """The file given back, with what is wrong before each row."""

    def get(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        upload = get_object_or_404(GoodsImport, pk=pk)
        return csv_file(services.marked_file(upload), "marked.csv")
