"""Reviews as buyers write them; pictures are judged by their header, and drawn anew later."""

from typing import Any

from dailyfresh_core.images.pictures import judge
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ..conf import conf


class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Several pictures, not too many and none too large: that is known without opening them."""

    widget = _Files

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[bytes]]":
        uploads = [each for each in (data or []) if each]
        if len(uploads) > conf.REVIEW_PICTURES:
            raise ValidationError(
                ngettext("At most %(n)d picture.", "At most %(n)d pictures.", conf.REVIEW_PICTURES)
                % {"n": conf.REVIEW_PICTURES}
            )
        limit = conf.REVIEW_PICTURE_BYTES
        if any(each.size is None or each.size > limit for each in uploads):
            raise ValidationError(_("A picture may have at most %(size)d MB.") % {"size": limit // 1024 // 1024})
        return uploads


class ReviewForm(forms.Form):
    """What a buyer says about one line of an order."""

    stars = forms.TypedChoiceField(
        choices=[(5, _("very good")), (4, _("good")), (3, _("fair")), (2, _("poor")), (1, _("bad"))],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please give stars first.")},
    )
    text = forms.CharField(max_length=300, required=False, strip=True)
    pictures = PicturesField(required=False)

    def clean(self) -> dict[str, Any]:
        """Look at the pictures last, when everything else is right."""
        if not self.errors:
            try:
                judge(self.cleaned_data["pictures"])
            except ValidationError as error:
                self.add_error("pictures", error)
        return self.cleaned_data


def judge_together(forms: "list[ReviewForm]") -> bool:
    """Whether the pictures of all the forms of one request may be drawn; the last form says so if not."""
    try:
        judge([picture for form in forms for picture in form.cleaned_data["pictures"]])
    except ValidationError as error:
        forms[-1].add_error("pictures", error)
        return False
    return True
