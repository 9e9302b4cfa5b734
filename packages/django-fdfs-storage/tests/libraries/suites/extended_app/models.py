"""Two kinds of file of a site's own, as django-filer's suite expects them."""

from filer.models.abstract import BaseImage
from filer.models.filemodels import File


class ExtImage(BaseImage):
    class Meta(BaseImage.Meta):
        app_label = "extended_app"


class Video(File):
    @classmethod
    def matches_file_type(cls, iname, ifile, mime_type):
        return iname.lower().endswith((".dv", ".mov", ".mp4", ".avi", ".wmv"))

    class Meta:
        app_label = "extended_app"
