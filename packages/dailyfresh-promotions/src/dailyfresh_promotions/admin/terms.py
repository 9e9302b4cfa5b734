"""The form and the list that offers and batches have in common."""

from typing import Any

from dailyfresh_core.admin.exports import Exported
from dailyfresh_core.admin.shop import ShopAdmin
from dailyfresh_core.i18n.languages import others
from dailyfresh_core.pricing.money import shown
from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from ..display.offer_texts import written
from ..exceptions import BadParams
from ..models.terms import Terms
from ..stored_rules import benefit_of
from .numbers import fields_of, initial_of, params_of

GOODS = ("skus", "groups", "but_skus", "but_groups")
SUMS = {"goods_sold": "sold", "taken_off": "amount"}
"""What a list says of each row -> the column of its uses that is summed for it."""


def words_field(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text=help_text)


class TermsForm(forms.ModelForm):  # type: ignore[type-arg]
    """A row with its numbers and its goods; `kind` is the form's own."""

    kind: str
    skus = words_field(_("only these SKUs"), _("Several with spaces between; empty with the groups: all goods."))
    groups = words_field(_("only these groups"), _("As the catalogue calls them: “type:3”."))
    but_skus = words_field(_("but not these SKUs"))
    but_groups = words_field(_("but not these groups"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.kind = self.kind
        self.initial = {**self._numbers(), **self._goods(), **self.initial}

    def _numbers(self) -> dict[str, Any]:
        """What the row holds; none where it is no kind's, so that staff can write it anew."""
        params = self.instance.params
        try:
            benefit_of(self.kind, params)
        except BadParams:
            params = {}
        return initial_of(self.kind, dict(params))

    def _goods(self) -> dict[str, str]:
        try:
            self.instance.goods()
        except BadParams:
            return {}
        return {name: " ".join(map(str, self.instance.scope.get(name, ()))) for name in GOODS}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            params = params_of(self.kind, cleaned)
            try:
                benefit_of(self.kind, params)
            except BadParams as error:
                field = {"tiers": "step_1"}.get(error.field, error.field)
                self.add_error(field if field in self.fields else None, str(error))
            self.instance.params = params
            self.instance.scope = {name: cleaned[name].split() for name in GOODS if cleaned[name].split()}
        return cleaned


class TermsAdmin(Exported, ShopAdmin):
    """A form for each kind: a new row is asked for its kind first."""

    form = TermsForm
    kinds: Any

    class Media:
        css = {"all": ["dailyfresh_promotions/admin.css"]}

    list_filter = ["kind", "active"]
    search_fields = ["name", "label"]
    actions = ["stop", "export"]

    def kind_of(self, request: HttpRequest, obj: Any) -> str:
        """Of a row, or of the one that is asked for; the first of all where it is none."""
        kind: str = obj.kind if obj else request.GET.get("kind", "")
        return kind if kind in self.kinds.values else self.kinds.values[0]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kind = self.kind_of(request, obj)
        kwargs["form"] = type("KindForm", (self.form,), {**fields_of(kind), "kind": kind})
        return super().get_form(request, obj, change, **kwargs)

    def words(self) -> list[str]:
        """Names and what buyers read, in the languages of the site."""
        return ["name", "label", *(["translations"] if others() else [])]

    def numbers(self, request: HttpRequest, obj: Any) -> list[str]:
        return list(fields_of(self.kind_of(request, obj)))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if request.GET.get("kind") in self.kinds.values:
            return super().add_view(request, form_url, extra_context)
        template = "admin/dailyfresh_promotions/kinds.html"
        return self.page(request, template, _("Which kind?"), kinds=self.kinds.choices)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """With the kind in the title: nothing in the form says it."""
        row = context.get("original")
        label = self.kinds(self.kind_of(request, row)).label
        context["subtitle"] = f"{row} · {label}" if row else label
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("what it gives"))
    def gives(self, row: Terms) -> str:
        try:
            return written(row.benefit())
        except BadParams as error:
            return f"! {error}"

    @admin.display(description=_("goods sold"), ordering="goods_sold")
    def sold(self, row: Any) -> str:
        return shown(row.goods_sold or 0)

    @admin.display(description=_("taken off"), ordering="taken_off")
    def cost(self, row: Any) -> str:
        return shown(row.taken_off or 0)

    @admin.action(description=_("Stop now"), permissions=["change"])
    def stop(self, request: HttpRequest, queryset: Any) -> None:
        """Over at once; orders that are placed keep theirs."""
        for row in queryset.filter(active=True):
            row.active = False
            row.save()
        self.message_user(request, _("Stopped. Orders that are placed keep theirs."))
