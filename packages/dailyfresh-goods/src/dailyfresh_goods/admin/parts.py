"""What several pages of the admin share: above all to save what the merchant changed and nothing else, since goods
are sold while the page is open.
"""

from typing import Any

from dailyfresh_core.admin.lists import ForgivingChangeList, NamedRows
from dailyfresh_core.images.pictures import judge_upload
from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db.models import Field, QuerySet
from django.db.models.fields.files import FieldFile
from django.forms.models import BaseInlineFormSet, BaseModelFormSet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import services
from ..models import SKU, GoodsChange, key_of
from ..selectors import Album

AT_ONCE = 100
"""SKUs on a page of the list; 7 fields each, and Django takes 1000 of a form (DATA_UPLOAD_MAX_NUMBER_FIELDS)."""
PACKS = 30
"""SKUs on the page of their SPU, 26 fields each."""


class Edited:
    """A form that brings back what it showed, to tell what was typed from what moved meanwhile."""

    def formfield_for_dbfield(self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and not isinstance(field, forms.FileField):
            field.show_hidden_initial = True
        return field


class Repeated:
    """Pages that take a form in once more when a SKU went between checking and saving: then the check names it."""

    def changelist_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._again(super().changelist_view, *args, **kwargs)  # type: ignore[misc]

    def changeform_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._again(super().changeform_view, *args, **kwargs)  # type: ignore[misc]

    def _again(self, view: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(*args, **kwargs)  # type: ignore[no-any-return]
        except SKU.DoesNotExist:
            return view(*args, **kwargs)  # type: ignore[no-any-return]


class SKUFormSet(NamedRows, BaseModelFormSet):  # type: ignore[type-arg]
    """SKUs that are edited in rows."""

    def clean(self) -> None:
        super().clean()
        for form in self.forms:
            if "stock" in form.changed_data and form.cleaned_data.get("stock", 0) is None:
                # Whoever clears a cell in a hurry means that there is none.
                form.add_error("stock", _("Say 0 where there is none; “without limit” is said on the SKU's own page."))
        if any("id" in form.errors for form in self.initial_forms):
            raise ValidationError(
                _("Goods on this page were deleted meanwhile. Nothing was saved: open the page anew.")
            )


class PacksFormSet(SKUFormSet, BaseInlineFormSet):  # type: ignore[type-arg]
    """The SKUs on the page of their SPU: the newest `PACKS` of them."""

    editor: Any = ""
    """Who has the page open."""

    def get_queryset(self) -> "QuerySet[SKU]":
        rows: QuerySet[SKU] = super().get_queryset()
        return rows if self.is_bound else rows[:PACKS]

    def save_existing(self, form: Any, obj: Any, commit: bool = True) -> SKU:
        save_changed(form, by=self.editor)
        return form.instance  # type: ignore[no-any-return]


def save_changed(form: "forms.ModelForm[SKU]", *, by: Any) -> None:
    """Write the columns that were changed; a stock that was typed is added to what is left of the one shown.

    Raises `SKU.DoesNotExist` when the SKU is no more; to be called in a transaction.
    """
    sku, changed = form.instance, set(form.changed_data)
    columns = {field.name for field in SKU._meta.concrete_fields if field.name in changed and not field.primary_key}
    SKU.objects.select_for_update().only("pk").get(pk=sku.pk)
    if columns & set(GoodsChange.COLUMNS):
        with services.noting(pks=[sku.pk], by=by):
            _write(form, columns)
    else:
        _write(form, columns)


def _write(form: "forms.ModelForm[SKU]", columns: set[str]) -> None:
    sku = form.instance
    if columns - {"stock"}:
        sku.save(update_fields=columns - {"stock"} | {"updated_at"})
    if "stock" in columns:
        # A client that does not send back what it was shown means the row as it is.
        shown = form.data.get(form["stock"].html_initial_name, "")
        seen = int(shown) if shown.isdecimal() and len(shown) < 20 else form.initial["stock"]
        if sku.stock is None or seen is None:
            services.change_skus(sku_ids=[str(sku.pk)], stock=sku.stock)
        else:
            services.add_stock(sku_id=str(sku.pk), pieces=sku.stock - seen)


class Slugged(forms.ModelForm):  # type: ignore[type-arg]
    """A slug that is left empty is made of the name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _("Left empty it is made of the name.")

    def clean_slug(self) -> str:
        given: str = self.cleaned_data["slug"]
        words = (self.cleaned_data.get(name, "") for name in ("name", "unit"))
        return given or services.slug_for(type(self.instance), *words)


class JudgedPictures:
    """Pictures are judged by their header: what one may unpack to is bounded for staff too, who upload what others sent them."""

    def formfield_for_dbfield(self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if isinstance(field, forms.ImageField):
            field.validators = [*field.validators, judge_upload]
        return field


class PicturedChangeList(ForgivingChangeList):
    """A list whose pictures are looked up together."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        album = Album(file for row in self.result_list if (file := self.model_admin.file_of(row)))  # type: ignore[attr-defined]
        for row in self.result_list:
            row.album = album


class Thumbnail(JudgedPictures):
    """A column with the row's picture, which leads to where its focus is chosen."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PicturedChangeList

    def file_of(self, row: Any) -> FieldFile | None:
        return getattr(row, "image", None) or getattr(row, "logo", None)

    @admin.display(description=gettext_lazy("picture"))
    def thumbnail(self, row: Any) -> str | SafeString:
        file = self.file_of(row)
        if not file or not getattr(file, "_committed", True):  # a form that is shown again holds what nobody stored
            return "–"
        album: Album = getattr(row, "album", None) or Album([file])
        shown, url = album.square(file), reverse("admin:dailyfresh_goods_picture_change", args=[key_of(str(file.name))])
        if not shown:
            return format_html('<a href="{}">{}</a>', url, _("not shown (yet)"))
        return format_html(
            '<a href="{}"><img src="{}" width="48" height="48" alt="{}" loading="lazy"></a>',
            url,
            shown.at(96),
            _("Choose the focus"),
        )
