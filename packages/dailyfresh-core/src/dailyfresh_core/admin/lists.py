"""Lists of the admin whose address may hold anything, and rows that staff only look at."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.contrib.admin import AllValuesFieldListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AdminSplitDateTime, AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db import DataError, OperationalError, ProgrammingError, transaction
from django.db.models import Field, ForeignKey
from django.forms import BaseInlineFormSet, BaseModelFormSet, Media
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ..http.outages import is_outage
from ..i18n.languages import others

UNREADABLE = (ValueError, TypeError, IndexError, ArithmeticError, DataError, OperationalError, ProgrammingError)
"""What a filter's value leads to that no column can be compared with: a year 99999, a range of one, a broken expression."""


class ForgivingChangeList(ChangeList):
    """Django asks the database outside of what it guards: there `?placed_at__year=99999` would be a 500. Here it is its notice of a bad filter."""

    def get_results(self, request: HttpRequest) -> None:
        try:
            with transaction.atomic(using=self.root_queryset.db):
                super().get_results(request)
        except UNREADABLE as error:
            filtered = self.params or self.query
            if is_outage(error) or not filtered:
                raise
            raise IncorrectLookupParameters(error) from error


class ForgivingChoice(AutocompleteSelect):
    """Django looks up what was chosen to draw the form again: a key that no row can have would be a 500. Its script gives what select2 draws a name."""

    @property
    def media(self) -> Media:
        return super().media + Media(js=["dailyfresh_core/choices.js"])

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        key = self.field.remote_field.model._meta.pk
        return super().optgroups(name, [one for one in value if _may_be(key, one)], attr)


def _may_be(key: "Field[Any, Any]", value: str) -> bool:
    try:
        key.clean(value, None)
    except ValidationError:
        return False
    return True


class NamedValues(AllValuesFieldListFilter):
    """A filter by the values that rows have, each called what `named` says in place of its code."""

    named: Callable[[str], str]

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield choice | {"display": self.named(str(choice["display"]))}


class NamedRows:
    """For a formset that is drawn as a table: a field has no label of its own there, so each says what it is, and of which row."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)  # type: ignore[misc]
        row = str(form.instance) if form.instance.pk else "" if index is None else str(index + 1)
        for field in form.fields.values():
            if field.label:  # what is hidden has none
                field.widget.attrs["aria-label"] = f"{field.label} {row}".strip()


class NamedFormSet(NamedRows, BaseModelFormSet):  # type: ignore[type-arg]
    """Rows of a list that are edited in place."""


class NamedInlineFormSet(NamedRows, BaseInlineFormSet):  # type: ignore[type-arg]
    """Rows of a tabular inline."""


class ForgivingLists:
    """For a ModelAdmin: what its list is asked for may be nonsense, and so may a row's id, and what a form chose."""

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_formset(request, **{"formset": NamedFormSet, **kwargs})  # type: ignore[misc]

    def formfield_for_dbfield(self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any) -> Any:
        """The two halves of a moment are labelled, too."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and isinstance(field.widget, AdminSplitDateTime):
            for half, name in zip(field.widget.widgets, (_("date"), _("time")), strict=True):
                half.attrs["aria-label"] = f"{field.label}: {name}"
        return field

    def formfield_for_foreignkey(self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            site = self.admin_site  # type: ignore[attr-defined]
            kwargs.setdefault("widget", ForgivingChoice(db_field, site, using=kwargs.get("using")))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        if "\x00" in object_id:  # PostgreSQL keeps none, and does not like to be asked
            return None
        return super().get_object(request, object_id, from_field)  # type: ignore[misc]

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[ChangeList]:
        return ForgivingChangeList


class InOtherLanguages:
    """For a ModelAdmin of `Translated` rows: an input for each text and language of the site, behind what the shop says itself."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        first, *more = super().get_fieldsets(request, obj)  # type: ignore[misc]
        said = [(None, {"fields": ("translations",)})] if others() else []
        return [first, *said, *more]


class NotEdited:
    """For a ModelAdmin or an inline: the shop writes these rows. Staff look, and delete what they have the permission for."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnly(NotEdited):
    """Looking needs the view permission, nothing else is offered."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
