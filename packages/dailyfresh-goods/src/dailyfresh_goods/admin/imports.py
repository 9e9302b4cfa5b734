"""Taking a file of goods in: first what it would do, row by row, then doing it."""

from typing import Any

from dailyfresh_core.exchange import ENDINGS, BadFile
from django import forms
from django.contrib import messages
from django.contrib.admin.options import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from .. import services
from ..columns import COLUMNS, REQUIRED
from ..models import SKU

LARGEST = 20 * 1024 * 1024  # more than that is for `manage.py load_catalogue`


class ImportForm(forms.Form):
    """A file, and whether it is only looked at."""

    file = forms.FileField(label=gettext_lazy("File"), widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}))
    dry_run = forms.BooleanField(label=gettext_lazy("Only check, write nothing"), required=False, initial=True)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size and file.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than 20 MB; use manage.py load_catalogue."))
        return file


class ImportView(View):
    """GET shows the form, POST checks the file or takes it in, all of it or nothing."""

    model_admin: "ModelAdmin[SKU] | None" = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        admin = self.model_admin
        if admin is None or not (admin.has_add_permission(request) and admin.has_change_permission(request)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, ImportForm(), None)

    def post(self, request: HttpRequest) -> HttpResponse:
        form, report = ImportForm(request.POST, request.FILES), None
        if form.is_valid():
            file, dry_run = form.cleaned_data["file"], form.cleaned_data["dry_run"]
            try:
                # Checked whole before anything is written: one bad row, and the merchant corrects the file.
                report = services.import_goods(rows=services.read_goods(file.file, file.name), dry_run=True)
                if not dry_run and not report.bad:
                    file.seek(0)
                    with transaction.atomic():
                        report = services.import_goods(rows=services.read_goods(file.file, file.name))
                    text = _("%(created)d SKUs were created, %(changed)d changed, %(unchanged)d as they were.")
                    messages.success(request, text % vars(report))
                    return redirect("admin:dailyfresh_goods_sku_changelist")
            except BadFile as error:
                form.add_error("file", str(error))
        return self._page(request, form, report)

    def _page(self, request: HttpRequest, form: ImportForm, report: services.Report | None) -> HttpResponse:
        assert self.model_admin is not None
        context = {
            **self.model_admin.admin_site.each_context(request),
            "title": _("Import goods"),
            "opts": SKU._meta,
            "form": form,
            "report": report,
            "columns": COLUMNS,
            "required": REQUIRED,
        }
        return render(request, "admin/dailyfresh_goods/sku/import.html", context)
