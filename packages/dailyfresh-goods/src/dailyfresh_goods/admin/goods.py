"""Types, SPU and SKU."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from dailyfresh_core.admin.exports import csv_file
from dailyfresh_core.admin.lists import InOtherLanguages
from dailyfresh_core.admin.shop import ShopAdmin
from dailyfresh_core.exchange import BadFile, write_csv, write_json, write_xlsx
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .. import selectors, services
from ..import_export.columns import all_columns
from ..models import SKU, SPU, GoodsType
from ..models.html import CleanHTMLField
from ..views.pages import detail_context
from .editor import Editor
from .gallery import SKUForm, SKUImageInline
from .imports import ImportView, MarkedView, UploadView
from .parts import (
    AT_ONCE,
    PACKS,
    Edited,
    JudgedPictures,
    PacksFormSet,
    Repeated,
    SKUFormSet,
    Slugged,
    Thumbnail,
    save_changed,
)
from .prices import PricesView, Pricing

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@admin.register(GoodsType)
class GoodsTypeAdmin(InOtherLanguages, Thumbnail, ShopAdmin):
    list_display = ("name", "thumbnail", "slug", "promise", "sort_order")
    list_editable = ("sort_order",)
    search_fields = ("name", "slug")
    fields = ("name", "slug", "promise", "logo", "banner", "sort_order")
    form = Slugged


class SKUInline(Edited, JudgedPictures, admin.StackedInline):  # type: ignore[type-arg]
    model = SKU
    formset = PacksFormSet
    fields = (
        ("name", "unit", "slug"),
        ("type", "price", "market_price"),
        ("stock", "limit", "on_sale", "requires_shipping"),
        ("image", "label", "origin", "storage"),
        "description",
    )
    form = Slugged
    extra = 0
    max_num = PACKS
    show_change_link = True

    def get_formset(self, request: HttpRequest, obj: SPU | None = None, **kwargs: Any) -> Any:
        made: Any = super().get_formset(request, obj, **kwargs)
        made.editor = request.user  # the class is made anew for every request
        return made


@admin.register(SPU)
class SPUAdmin(InOtherLanguages, Repeated, ShopAdmin):
    list_display = ("name", "packs")
    search_fields = ("name", "skus__name")
    fields = ("name", "detail", "specs", "all_packs")
    readonly_fields = ("all_packs",)
    inlines = (SKUInline,)
    formfield_overrides: ClassVar[Any] = {CleanHTMLField: {"widget": Editor}}

    def get_queryset(self, request: HttpRequest) -> QuerySet[SPU]:
        return super().get_queryset(request).prefetch_related("skus")

    @admin.display(description=_("packs"))
    def packs(self, spu: SPU) -> str:
        return ", ".join(sku.unit for sku in spu.skus.all())

    @admin.display(description=_("packs"))
    def all_packs(self, spu: SPU) -> str | SafeString:
        """The way to those that are too many for this page."""
        units = self.packs(spu) if spu.pk else ""
        if not units:
            return "–"
        url = reverse("admin:dailyfresh_goods_sku_changelist", query={"spu": spu.pk})
        return format_html('<a href="{}">{}</a>', url, units)


@admin.register(SKU)
class SKUAdmin(Pricing, InOtherLanguages, Repeated, Edited, Thumbnail, ShopAdmin):
    change_list_template = "admin/dailyfresh_goods/sku/change_list.html"
    list_display = ("name", "thumbnail", "unit", "type", "price", "stock", "on_sale", "band", "sales", "preview")
    list_editable = ("price", "stock", "on_sale")
    list_filter = ("on_sale", "band", "type", "created_at")
    list_select_related = ("type",)
    list_per_page = 50
    list_max_show_all = AT_ONCE
    show_full_result_count = False
    search_fields = ("name", "slug", "=id", "origin")
    autocomplete_fields = ("spu",)
    readonly_fields = ("thumbnail", "band", "sales", "created_at", "updated_at", "preview")
    form = SKUForm
    inlines = (SKUImageInline,)

    class Media:
        css = {"all": ["dailyfresh_goods/admin.css"]}

    actions = ("put_on_sale", "take_off_sale", "change_prices", "export_csv", "export_xlsx", "export_json")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("name", "unit"),
                    "slug",
                    ("type", "spu"),
                    "description",
                    ("image", "more_pictures"),
                    ("label", "origin", "storage"),
                )
            },
        ),
        (
            _("Selling"),
            {"fields": (("price", "market_price"), ("stock", "limit", "requires_shipping"), ("on_sale", "sort_order"))},
        ),
        (
            _("By the piece or by weight"),
            {"fields": (("sold_by", "priced_by"), ("price_grams", "nominal_grams"), ("minimum", "step"))},
        ),
        (_("Figures"), {"fields": (("band", "sales"), ("created_at", "updated_at"), ("thumbnail", "preview"))}),
    )

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_formset(request, **{"formset": SKUFormSet, **kwargs})

    def save_model(self, request: HttpRequest, obj: SKU, form: Any, change: bool) -> None:
        if change:
            save_changed(form, by=request.user)
        else:
            services.add_sku(sku=obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        services.add_pictures(sku=form.instance, files=form.cleaned_data.get("more_pictures") or ())

    @admin.display(description=_("page"))
    def preview(self, sku: SKU) -> str | SafeString:
        if not sku.pk:
            return "–"
        url = reverse("admin:dailyfresh_goods_sku_preview", args=[sku.pk])
        return format_html('<a href="{}" target="_blank" rel="noopener">{}</a>', url, _("show"))

    def show(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The SKU's page as it would be now, on sale or not, past the cache."""
        found = selectors.detail(pk, off_sale=True)
        if found is None:
            raise Http404
        return render(request, "dailyfresh_goods/detail.html", detail_context(found))

    @admin.action(description=_("Put on sale"), permissions=["change"])
    def put_on_sale(self, request: HttpRequest, chosen: QuerySet[SKU]) -> None:
        self._sell(request, chosen, services.put_on_sale)

    @admin.action(description=_("Take off sale"), permissions=["change"])
    def take_off_sale(self, request: HttpRequest, chosen: QuerySet[SKU]) -> None:
        self._sell(request, chosen, services.take_off_sale)

    def _sell(self, request: HttpRequest, chosen: QuerySet[SKU], change: Callable[..., int]) -> None:
        ids = _ids(chosen)
        with services.noting(pks=map(int, ids), by=request.user):
            number = change(sku_ids=ids)
        text = ngettext("%d SKU was changed.", "%d SKUs were changed.", number) % number
        self.message_user(request, text, messages.SUCCESS)

    @admin.action(description=_("Export as CSV"), permissions=["view"])
    def export_csv(self, request: HttpRequest, chosen: QuerySet[SKU]) -> StreamingHttpResponse:
        return csv_file(write_csv(all_columns(), services.export_goods(skus=chosen)), "goods.csv")

    @admin.action(description=_("Export as XLSX"), permissions=["view"])
    def export_xlsx(self, request: HttpRequest, chosen: QuerySet[SKU]) -> HttpResponse | None:
        try:
            body = write_xlsx(all_columns(), services.export_goods(skus=chosen))
        except BadFile as error:
            self.message_user(request, str(error), messages.ERROR)
            return None
        return HttpResponse(body, headers=_file("goods.xlsx", XLSX))

    @admin.action(description=_("Export as JSON"), permissions=["view"])
    def export_json(self, request: HttpRequest, chosen: QuerySet[SKU]) -> StreamingHttpResponse:
        rows = services.export_goods(skus=chosen)
        return StreamingHttpResponse(write_json(all_columns(), rows), headers=_file("goods.json", "application/json"))

    def own_urls(self) -> Sequence[URLPattern]:
        views = [
            ("import/", UploadView.as_view(model_admin=self), "import"),
            ("import/<int:pk>/", ImportView.as_view(model_admin=self), "import_one"),
            ("import/<int:pk>/marked.csv", MarkedView.as_view(model_admin=self), "import_marked"),
            ("<int:pk>/preview/", self.show, "preview"),
            ("prices/", PricesView.as_view(model_admin=self), "prices"),
            ("export/", self.export_all, "export"),
        ]
        return [self.page_at(at, view, f"dailyfresh_goods_sku_{name}") for at, view, name in views]

    def export_all(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        """All SKUs in one file that can be changed and taken in again."""
        return self.export_csv(request, self.get_queryset(request))


def _ids(chosen: QuerySet[SKU]) -> list[str]:
    return [str(pk) for pk in chosen.values_list("pk", flat=True)]


def _file(name: str, kind: str) -> dict[str, Any]:
    return {"Content-Type": kind, "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
