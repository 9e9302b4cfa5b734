"""Moderation of reviews: staff publish, hide and answer; nobody rewrites what a buyer said."""

from typing import Any

from dailyfresh_core.admin.shop import ShopAdmin
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy, ngettext

from ..models import Review
from ..services import moderate, reply_to


@admin.register(Review)
class ReviewAdmin(ShopAdmin):
    list_display = ("created_at", "state", "stars", "product", "text", "author", "number_of_pictures")
    list_filter = ("state", "stars", "created_at")
    search_fields = ("text", "=sku_id")
    list_select_related = ("line",)
    list_per_page = 50
    show_full_result_count = False
    fields = ("product", "stars", "text", "shown_pictures", "author", "state", "created_at", "reply")
    readonly_fields = ("product", "stars", "text", "shown_pictures", "author", "state", "created_at")
    actions = ("publish", "hide")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Review]":
        return super().get_queryset(request).prefetch_related("pictures")

    @admin.display(description=gettext_lazy("goods"))
    def product(self, review: Review) -> str:
        return f"{review.line.name} {review.line.unit}"

    @admin.display(description=gettext_lazy("pictures"))
    def number_of_pictures(self, review: Review) -> int:
        return len(review.pictures.all())

    @admin.display(description=gettext_lazy("pictures"))
    def shown_pictures(self, review: Review) -> str:
        urls = ((picture.image.url,) * 2 for picture in review.pictures.all() if picture.image)
        return format_html_join(" ", '<a href="{}"><img src="{}" width="120" height="120" alt=""></a>', urls) or "—"

    @admin.action(description=gettext_lazy("Publish the selected reviews"), permissions=["change"])
    def publish(self, request: HttpRequest, chosen: "QuerySet[Review]") -> None:
        self._moderate(request, chosen, Review.State.PUBLISHED)

    @admin.action(description=gettext_lazy("Hide the selected reviews"), permissions=["change"])
    def hide(self, request: HttpRequest, chosen: "QuerySet[Review]") -> None:
        self._moderate(request, chosen, Review.State.HIDDEN)

    def _moderate(self, request: HttpRequest, chosen: "QuerySet[Review]", state: str) -> None:
        moved = sum(moderate(review_id=pk, state=state) for pk in chosen.order_by("pk").values_list("pk", flat=True))
        said = ngettext("%(n)d review was changed.", "%(n)d reviews were changed.", moved) % {"n": moved}
        messages.success(request, said)

    def save_model(self, request: HttpRequest, obj: Review, form: Any, change: bool) -> None:
        reply_to(review_id=obj.pk, text=obj.reply)
