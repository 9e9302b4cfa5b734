"""Texts of a row in other languages, in a column of the same row: no join, no further statement, and no migration when a site adds a language.

    class Zone(Translated):
        TRANSLATED = ("name",)
        name = models.CharField(max_length=60)

`zone.said.name` is the text in the language of the moment, else the text as the shop wrote it; a form of the model has one input for each
field and language.
"""

import json
from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from .languages import Text, others, source, translated_in

Told = Mapping[str, Mapping[str, str]]
"""Code of a language -> field -> text."""


def _fields(model: type[models.Model]) -> dict[str, "models.Field[Any, Any]"]:
    return {name: model._meta.get_field(name) for name in getattr(model, "TRANSLATED", ())}  # type: ignore[misc]


class TranslationsInput(forms.Widget):
    """An input for each field and language."""

    template_name: str = "dailyfresh_core/translations.html"
    use_fieldset = True
    model: type[models.Model]

    def format_value(self, value: Any) -> str:
        return value if isinstance(value, str) else json.dumps(value or {})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        told = read(json.loads(context["widget"]["value"]))
        context["widget"]["languages"] = [
            (code, language, [self._input(name, told, code, field) for field in _fields(self.model).values()])
            for code, language in others()
        ]
        return context

    def _input(self, name: str, told: Told, code: str, field: "models.Field[Any, Any]") -> dict[str, Any]:
        return {
            "name": f"{name}-{code}-{field.name}",
            "label": capfirst(str(field.verbose_name)),
            "value": told.get(code, {}).get(field.name, ""),
            "long": isinstance(field, models.TextField),
            "most": field.max_length,
        }

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, dict[str, str]]:
        return {
            code: {field: data.get(f"{name}-{code}-{field}", "") for field in _fields(self.model)}
            for code, _language in others()
        }

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not any(key.startswith(f"{name}-") for key in data)

    def id_for_label(self, id_: str) -> str:
        return ""


class ShownTranslations(forms.HiddenInput):
    """What a form showed, to tell what was typed."""

    def format_value(self, value: Any) -> str:
        return value if isinstance(value, str) else json.dumps(value or {})


class TranslationsFormField(forms.Field):
    """Takes the texts as the model's own fields take theirs."""

    widget = TranslationsInput
    hidden_widget: type[forms.Widget] = ShownTranslations

    def __init__(self, *, model: type[models.Model], **options: Any) -> None:
        super().__init__(**{"required": False, **options})
        self.model = model
        cast(TranslationsInput, self.widget).model = model

    def to_python(self, value: Any) -> dict[str, dict[str, str]]:
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                value = {}
        return read(value)

    def validate(self, value: dict[str, dict[str, str]]) -> None:
        wrong = []
        for code, texts in value.items():
            for name, field in _fields(self.model).items():
                try:
                    field.run_validators(texts.get(name, ""))
                except ValidationError as error:
                    wrong += [f"{capfirst(str(field.verbose_name))} ({code}): {message}" for message in error.messages]
        if wrong:
            raise ValidationError(wrong)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return offered(self.to_python(initial)) != offered(self.to_python(data))


class TranslationsField(models.JSONField):
    """`Told`, each text kept as its own field keeps it: a clean field's are cleaned. What a form does not offer stays as it is."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"verbose_name": _("in other languages"), "default": dict, "blank": True, **options})

    def deconstruct(self) -> Any:
        """A plain column: migrations need not know what is translated."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.JSONField", args, options

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = getattr(model_instance, self.attname)
        if isinstance(value, dict):
            setattr(model_instance, self.attname, self.get_prep_value(value))
        return super().pre_save(model_instance, add)

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if not isinstance(value, dict):
            return value
        fields = _fields(self.model)
        return {
            code: {name: fields[name].get_prep_value(text) for name, text in texts.items() if name in fields}
            for code, texts in read(value).items()
        }

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        told = read(getattr(instance, self.attname))
        kept = {code: texts for code, texts in told.items() if code not in dict(others())}
        setattr(instance, self.attname, kept | data)

    def formfield(self, **options: Any) -> Any:
        for name in ("encoder", "decoder", "widget"):
            options.pop(name, None)
        if not others():
            return None
        return super(models.JSONField, self).formfield(
            **{"form_class": TranslationsFormField, "model": self.model, **options}
        )


class Translated(models.Model):
    """A row with texts that may be translated."""

    TRANSLATED: ClassVar[tuple[str, ...]] = ()
    """Its fields whose texts may be; what each is in the table is the shop's own language."""

    translations: TranslationsField = TranslationsField()

    class Meta:
        abstract = True

    @property
    def said(self) -> "Said":
        """Its texts in the language of the moment: `row.said.name`."""
        return Said(self)


class Said:
    """The texts of a row in the language of the moment."""

    def __init__(self, row: Translated) -> None:
        self._row = row

    def __getattr__(self, field: str) -> Text:
        row = self._row
        if field not in row.TRANSLATED:
            raise AttributeError(field)
        return said(getattr(row, field), row.translations, field)


def said(text: str, told: Any, field: str) -> Text:
    """The translation of `text`, which is that field's, in the language of the moment; the text itself where there is none."""
    for code in translated_in() if told and isinstance(told, dict) else ():
        texts = told.get(code)
        found = texts.get(field) if isinstance(texts, dict) else None
        if found and isinstance(found, str):
            return Text(found, code)
    return Text(text, source())


def all_said(row: Translated, field: str) -> list[str]:
    """What the field says in the shop's own language, then in all others."""
    return [getattr(row, field), *(texts[field] for texts in read(row.translations).values() if field in texts)]


def layered(told: Told, more: Told) -> dict[str, dict[str, str]]:
    """`told` with what `more` says of it; an empty text says that there is none."""
    made = {code: dict(texts) for code, texts in told.items()}
    for code, texts in more.items():
        made.setdefault(code, {}).update(texts)
    return made


def offered(told: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """What of it the site's languages are."""
    return {code: texts for code, texts in told.items() if code in dict(others())}


def read(told: Any) -> dict[str, dict[str, str]]:
    """What of `told` can be read, without what is empty; lines end as files end them."""
    found: dict[str, dict[str, str]] = {}
    for code, texts in told.items() if isinstance(told, dict) else ():
        kept = {
            name: text.replace("\r\n", "\n").strip()
            for name, text in (texts.items() if isinstance(texts, dict) else ())
            if isinstance(text, str) and text.strip()
        }
        if kept:
            found[code] = kept
    return found
