"""A SKU's further pictures: many are uploaded at once, and put in order by hand."""

import json
from typing import Any

from dailyfresh_core.admin.lists import NamedInlineFormSet
from dailyfresh_core.images.pictures import judge
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Field
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import SKUImage
from .parts import Slugged, Thumbnail

AT_ONCE = 20


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Any number of pictures, judged together: one form may unpack to so much."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = [super(PicturesField, self).clean(file, initial) for file in data or ()]
        if len(files) > AT_ONCE:
            raise ValidationError(_("At most %d pictures at once.") % AT_ONCE)
        judge(files)
        return files


class SKUForm(Slugged):
    more_pictures = PicturesField(
        label=gettext_lazy("more pictures"),
        required=False,
        widget=SeveralFiles(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=gettext_lazy("Several at once; they come after those there are."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "spu" in self.fields and not self.instance.pk:
            self.fields["spu"].required = False
            self.fields["spu"].help_text = _(
                "Left empty for what is new in the shop; another pack of something names that."
            )


class SKUImageInline(Thumbnail, admin.TabularInline):  # type: ignore[type-arg]
    model = SKUImage
    formset = NamedInlineFormSet
    fields = ("thumbnail", "image", "sort_order")
    readonly_fields = ("thumbnail",)
    extra = 0

    class Media:
        js = ["dailyfresh_goods/ordering.js"]

    def formfield_for_dbfield(self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "sort_order":
            words = {"up": _("Move up"), "down": _("Move down"), "drag": _("Drag")}
            field.widget.attrs["data-df-order"] = json.dumps(words, ensure_ascii=False)
        return field
