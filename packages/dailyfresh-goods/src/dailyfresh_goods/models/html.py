"""HTML that staff write, without what could run."""

from typing import Any

import nh3
from django.db import models

ATTRIBUTES = {tag: set(names) | {"class"} for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
for _tag in ("p", "div", "span", "ul", "ol", "li", "h3", "h4", "table", "figure"):
    ATTRIBUTES.setdefault(_tag, {"class"})


def clean_html(text: str) -> str:
    """The text with whatever could run or restyle the page taken out."""
    return nh3.clean(text, attributes=ATTRIBUTES)


class CleanHTMLField(models.TextField):  # type: ignore[type-arg]
    """Text that is cleaned on every way into the database: `save`, `update` and the bulk methods."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = getattr(model_instance, self.attname)
        if isinstance(value, str):
            setattr(model_instance, self.attname, clean_html(value))
        return super().pre_save(model_instance, add)

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return clean_html(prepared) if isinstance(prepared, str) else prepared

    def deconstruct(self) -> Any:
        """A plain text column: migrations need not know how it is cleaned."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs
