"""The catalogue's pictures: what became of each, and the point that its squares are cut round."""

from typing import Any, ClassVar

from dailyfresh_core.admin.lists import ForgivingChangeList, ReadOnly
from dailyfresh_core.admin.shop import ShopAdmin
from django.contrib import admin, messages
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.contrib.admin.views.main import ChangeList
from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .. import services
from ..models import SKU, Picture, PictureSource, SKUImage
from ..selectors import shown_with


class Became(admin.SimpleListFilter):
    """By what became of a row: each state with the condition of its rows."""

    title = gettext_lazy("state")
    parameter_name = "became"
    states: ClassVar[dict[str, tuple[Any, Q]]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(state, label) for state, (label, _rows) in self.states.items()]

    def queryset(self, request: HttpRequest, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        _label, fits = self.states.get(self.value() or "", ("", Q()))
        return rows.filter(fits)


class Drawn(Became):
    states: ClassVar = {
        "waiting": (gettext_lazy("waiting"), Q(draw_at__isnull=False)),
        "refused": (gettext_lazy("not shown"), ~Q(refused="")),
    }


class NamedPictures(ForgivingChangeList):
    """A list of pictures that knows with what they are shown: the storage names its files for itself."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        found = shown_with(picture.name for picture in self.result_list)
        for picture in self.result_list:
            picture.shown_with = found.get(picture.name, [])


@admin.register(Picture)
class PictureAdmin(ShopAdmin):
    list_display = ("small", "shown", "became", "sizes", "created_at", "name")
    list_display_links = ("small",)
    list_filter = (Drawn,)
    list_per_page = 50
    search_fields = ("name",)
    show_full_result_count = False
    fields = ("shown", "focus", ("focus_x", "focus_y"), "name", "became", "sizes")
    readonly_fields = ("shown", "focus", "name", "became", "sizes")

    class Media:
        css = {"all": ["dailyfresh_goods/admin.css"]}
        js = ["admin/js/jquery.init.js", "dailyfresh_goods/focus.js"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Picture]":
        return super().get_queryset(request).prefetch_related("renditions")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return NamedPictures

    def get_search_results(self, request: HttpRequest, rows: "QuerySet[Picture]", term: str) -> Any:
        """Who looks for a picture of goods knows what they are called, and not what the storage calls it."""
        found, many = super().get_search_results(request, rows, term)
        if term:
            skus = SKU.objects.filter(name__icontains=term)
            of_skus = Q(name__in=skus.values("image")) | Q(
                name__in=SKUImage.objects.filter(sku__in=skus).values("image")
            )
            found |= rows.filter(of_skus)
        return found, many

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # it goes by itself when no row names it

    def save_model(self, request: HttpRequest, obj: Picture, form: Any, change: bool) -> None:
        if form.changed_data:
            services.focus_picture(picture=obj, x=obj.focus_x, y=obj.focus_y)

    @admin.display(description=gettext_lazy("picture"))
    def small(self, picture: Picture) -> SafeString | str:
        """What is cut out of it; the storage's name for it stands behind, where a phone needs no column for it."""
        now = [one for one in picture.renditions.all() if one.retired_at is None and one.kind == "webp"]
        if not now:
            return "–"
        url = default_storage.url(str(min(now, key=lambda one: (one.shape != "square", one.width)).file.name))
        return format_html('<img src="{}" width="48" height="48" alt="{}" loading="lazy">', url, _("Choose the focus"))

    @admin.display(description=gettext_lazy("shown with"))
    def shown(self, picture: Picture) -> str | SafeString:
        rows = picture.__dict__.get("shown_with")
        if rows is None:
            rows = shown_with([picture.name]).get(picture.name, [])
        links = ((reverse(admin_urlname(row._meta, SafeString("change")), args=[row.pk]), str(row)) for row in rows)
        return format_html_join(", ", '<a href="{}">{}</a>', links) or "–"

    @admin.display(description=gettext_lazy("state"))
    def became(self, picture: Picture) -> str:
        if picture.refused:
            return services.why_refused(picture)
        return _("waiting") if picture.draw_at else _("shown")

    @admin.display(description=gettext_lazy("sizes"))
    def sizes(self, picture: Picture) -> str:
        now = (one for one in picture.renditions.all() if one.retired_at is None)
        return ", ".join(sorted({f"{one.width}×{one.height}" for one in now}, key=lambda size: int(size.split("×")[0])))

    @admin.display(description=gettext_lazy("Focus"))
    def focus(self, picture: Picture) -> SafeString | str:
        """The picture, on which a click chooses the point; the two numbers do without a script."""
        wholes = [one for one in picture.renditions.all() if one.shape == "whole" and one.kind == "webp"]
        if not wholes:
            return "–"
        url = default_storage.url(str(min(wholes, key=lambda one: one.width).file.name))
        return format_html(
            '<span class="df-focus" data-focus><img src="{}" alt="{}"><i></i></span>',
            url,
            _("Click on what must stay in sight."),
        )


class Fetched(Became):
    states: ClassVar = {
        "waiting": (gettext_lazy("waiting"), Q(due_at__isnull=False)),
        "failed": (gettext_lazy("given up"), Q(due_at=None) & ~Q(error="")),
    }


@admin.register(PictureSource)
class PictureSourceAdmin(ReadOnly, ShopAdmin):
    """What files of goods name addresses of, and what became of it."""

    list_display = ("sku", "origin", "became", "tries", "changed_at")
    list_display_links = None
    list_filter = (Fetched,)
    list_select_related = ("sku",)
    list_per_page = 50
    search_fields = ("origin", "sku__name", "sku__slug")
    show_full_result_count = False
    actions = ("fetch_again",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[PictureSource]":
        return super().get_queryset(request).exclude(origin__startswith="zip:")

    def has_fetch_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("dailyfresh_goods.change_sku")

    @admin.display(description=gettext_lazy("state"))
    def became(self, source: PictureSource) -> str:
        words = _(source.error) if source.error else ""
        if source.due_at:
            return f"{_('waiting')}: {words}" if words else _("waiting")
        return words or _("there")

    @admin.action(description=gettext_lazy("Fetch again what was given up"), permissions=["fetch"])
    def fetch_again(self, request: HttpRequest, chosen: "QuerySet[PictureSource]") -> None:
        n = services.fetch_again(sources=chosen)
        said = ngettext("%d picture is fetched again.", "%d pictures are fetched again.", n) % n
        self.message_user(request, said, messages.SUCCESS)
