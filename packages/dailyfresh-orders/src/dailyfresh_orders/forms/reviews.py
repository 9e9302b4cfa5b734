"""Reviews as buyers write them; pictures are judged by their content and drawn anew."""

import io
import struct
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from PIL import Image, ImageOps

from ..conf import conf

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 40_000_000
MAX_SIDE = 1600


def redrawn(upload: "UploadedFile[bytes]") -> "ContentFile[bytes]":
    """The picture as a new JPEG of at most 1600 pixels a side, without what the file said about camera, place and owner.

    Raises ValidationError for anything that is not a JPEG, PNG or WebP picture, whatever its name or type says.
    """
    try:
        with Image.open(upload, formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise ValidationError(_("This picture has too many pixels."))
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((MAX_SIDE, MAX_SIDE))
            ground = Image.new("RGB", upright.size, "white")
            clear = upright.convert("RGBA")
            ground.paste(clear, mask=clear.getchannel("A"))
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        struct.error,  # Pillow lets it through from a damaged EXIF block
        Image.DecompressionBombWarning,
        Image.DecompressionBombError,
    ) as error:
        raise ValidationError(_("This is no picture that can be read (JPEG, PNG or WebP).")) from error
    out = io.BytesIO()
    ground.save(out, "JPEG", quality=85, optimize=True)
    return ContentFile(out.getvalue(), name=f"{get_random_string(20)}.jpg")


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
        """Open the pictures last, when everything else is right: it takes the longest."""
        if not self.errors:
            try:
                self.cleaned_data["pictures"] = [redrawn(each) for each in self.cleaned_data["pictures"]]
            except ValidationError as error:
                self.add_error("pictures", error)
        return self.cleaned_data
