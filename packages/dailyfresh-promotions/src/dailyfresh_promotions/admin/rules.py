"""Offers: a form for each kind, budgets, flash prices, and what a basket would cost."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ..models import Limit, Redemption, Rule
from ..models.rules import OF_ALL
from ..stored_rules import Kind
from .doubts import doubts
from .preview import PreviewForm, preview
from .terms import GOODS, SUMS, TermsAdmin, TermsForm

DAYS = [(0, _("Mon")), (1, _("Tue")), (2, _("Wed")), (3, _("Thu")), (4, _("Fri")), (5, _("Sat")), (6, _("Sun"))]


class RuleForm(TermsForm):
    days = forms.TypedMultipleChoiceField(
        label=_("weekdays"), choices=DAYS, coerce=int, widget=forms.CheckboxSelectMultiple, initial=range(7)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["days"] = [day for day, _name in DAYS if self.instance.weekdays >> day & 1]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("days"):
            self.instance.weekdays = sum(1 << day for day in cleaned["days"])
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and starts >= ends:
            self.add_error("ends", _("It ends before it begins."))
        return cleaned


class FlashInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Limit
    fields = ["sku_id", "price", "quantity", "per_buyer", "taken"]
    extra = 1
    readonly_fields = ["taken"]
    verbose_name, verbose_name_plural = _("flash price"), _("flash prices")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Limit]":
        return super().get_queryset(request).exclude(OF_ALL)


class BudgetForm(forms.ModelForm):  # type: ignore[type-arg]
    quantity = forms.IntegerField(label=_("most uses"), min_value=0, required=False)


class BudgetInline(admin.StackedInline):  # type: ignore[type-arg]
    model = Limit
    form = BudgetForm
    fields = ["quantity", "max_spent", "taken", "spent"]
    extra = 0
    max_num = 1
    readonly_fields = ["taken", "spent"]
    verbose_name, verbose_name_plural = _("budget"), _("budgets")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Limit]":
        return super().get_queryset(request).filter(OF_ALL)


@admin.register(Rule)
class RuleAdmin(TermsAdmin):
    form = RuleForm
    kinds = Kind
    list_display = ["name", "gives", "active", "times", "sold", "cost", "bar", "starts", "ends", "priority"]
    exported = ["budget" if name == "bar" else name for name in list_display]
    list_filter = ["kind", "active", "audience"]
    change_list_template = "admin/dailyfresh_promotions/rule/change_list.html"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        prices = self.kind_of(request, obj) in (Kind.PRICE, Kind.FLASH)
        order = ["alone"] if prices else ["priority", "stackable"]
        goods = () if self.kind_of(request, obj) == Kind.FLASH else GOODS
        return [
            (None, {"fields": [*self.words(), "active", *self.numbers(request, obj)]}),
            *([(_("Goods"), {"fields": goods})] if goods else []),
            (_("When"), {"fields": ["starts", "ends", "days", ("opens", "closes")]}),
            (_("For whom, and beside what"), {"fields": ["audience", "per_user", *order]}),
        ]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return [FlashInline, BudgetInline] if self.kind_of(request, obj) == Kind.FLASH else [BudgetInline]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return super().get_changeform_initial_data(request) | {"alone": request.GET.get("kind") == Kind.FLASH}

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Rule]":
        used = Redemption.objects.filter(rule_id=OuterRef("pk")).exclude(state=Redemption.State.RELEASED).order_by()
        per_rule = used.values("rule_id")
        rules: QuerySet[Rule] = super().get_queryset(request)
        sums: dict[str, Any] = {name: Sum(column) for name, column in SUMS.items()}
        found = {
            name: per_rule.annotate(n=sum).values("n") for name, sum in (sums | {"times_used": Count("pk")}).items()
        }
        budgets = Prefetch("limits", Limit.objects.filter(OF_ALL), to_attr="budgets")
        return rules.prefetch_related(budgets).annotate(**{name: Subquery(rows) for name, rows in found.items()})

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        for sentence in doubts(form.instance):
            self.message_user(request, sentence, messages.WARNING)

    @admin.display(description=_("orders"), ordering="times_used")
    def times(self, row: Any) -> int:
        return row.times_used or 0

    @admin.display(description=_("budget"))
    def budget(self, row: Any) -> Any:
        return row.budgets[0] if row.budgets else None

    @admin.display(description=_("budget"))
    def bar(self, row: Any) -> SafeString | None:
        limit = self.budget(row)
        drawn = '<meter min="0" max="100" high="90" value="{}" aria-hidden="true"></meter> {}'
        return format_html(drawn, limit.used, limit) if limit else None

    def own_urls(self) -> Sequence[URLPattern]:
        return (self.page_at("preview/", self.preview, "dailyfresh_promotions_rule_preview"),)

    def preview(self, request: HttpRequest) -> HttpResponse:
        """What a basket would cost at a time, and why; nothing is written."""
        form = PreviewForm(request.GET if request.GET.get("basket") else None)
        found = preview(form.cleaned_data) if form.is_bound and form.is_valid() else None
        template = "admin/dailyfresh_promotions/rule/preview.html"
        return self.page(request, template, _("What would this basket cost?"), form=form, found=found)
