"""The merchant's calendar: a fortnight of windows at a glance, closed and opened there; the orders of one moved to another; the day's board."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from dailyfresh_core.admin.shop import ShopAdmin
from dailyfresh_core.days import day_said, local, said
from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..models import Holiday, Slot, Zone
from ..selectors import Table, board, calendar, loads
from ..services import close, move_all, reopen

TEMPLATES = "admin/dailyfresh_delivery/slot"
FORTNIGHT = 14
LINKED = 8
"""Windows that a sentence leads to."""
CLOSE, OPEN, HOLIDAY = "close", "open", "holiday"
NEEDED = {CLOSE: "change_slot", OPEN: "change_slot", HOLIDAY: "add_holiday"}


def pages(of: ShopAdmin) -> list[URLPattern]:
    """The calendar and what it leads to; moving orders runs transactions of its own."""

    def page(route: str, view: Callable[..., HttpResponse], needed: str, name: str) -> URLPattern:
        needed, name = f"dailyfresh_delivery.{needed}", f"dailyfresh_delivery_{name}"
        return of.page_at(route, partial(view, of), name, needed=needed, durable=True)

    return [
        page("calendar/", calendar_view, "view_slot", "calendar"),
        page("<int:pk>/move/", move_view, "change_reservation", "move"),
        page("board/", board_view, "view_reservation", "board"),
    ]


class DayForm(forms.Form):
    """A day in the address; today where none is said."""

    # A browser's own field for days wants them written so in every language.
    day = forms.DateField(required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    @property
    def chosen(self) -> date:
        given: date | None = self.cleaned_data.get("day") if self.is_valid() else None
        return given if given and date(2000, 1, 1) <= given <= date(2200, 1, 1) else local(timezone.now()).date()


class ChosenForm(forms.Form):
    """Windows and whole days of the calendar, and what is to be done with them."""

    do = forms.ChoiceField(choices=[(each, each) for each in NEEDED])
    slot = forms.MultipleChoiceField(required=False)
    day = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, tables: list[Table], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_day = {f"{table.key}:{day.date}": (table.where, day) for table in tables for day in table.days}
        self.fields["day"].choices = [(each, each) for each in self.by_day]  # type: ignore[attr-defined]
        slots = [slot.pk for table in tables for day in table.days for slot in day.slots if slot]
        self.fields["slot"].choices = [(each, each) for each in slots]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("slot") and not cleaned.get("day"):
            raise forms.ValidationError(_("Please choose windows, or whole days."))
        return cleaned

    @property
    def slots(self) -> "QuerySet[Slot]":
        of_days = [slot.pk for each in self.cleaned_data["day"] for slot in self.by_day[each][1].slots if slot]
        return Slot.objects.filter(pk__in=[*of_days, *self.cleaned_data["slot"]])

    @property
    def zone_days(self) -> list[tuple[Zone, date]]:
        found = (self.by_day[each] for each in self.cleaned_data["day"])
        return [(where, day.date) for where, day in found if isinstance(where, Zone)]


def calendar_view(of: ShopAdmin, request: HttpRequest) -> HttpResponse:
    """How full each window is, in orders and in weight; those that are chosen are closed or opened, whole days made holidays."""
    first = DayForm(request.GET).chosen
    tables = calendar(first, days=FORTNIGHT)
    if request.method == "POST":
        chosen = ChosenForm(request.POST, tables=tables)
        if not chosen.is_valid():
            messages.error(request, " ".join(str(error) for those in chosen.errors.values() for error in those))
        elif not request.user.has_perm(f"dailyfresh_delivery.{NEEDED[chosen.cleaned_data['do']]}"):
            return HttpResponse(status=403)
        else:
            DOES[chosen.cleaned_data["do"]](request, chosen)
        return redirect(f"{reverse('admin:dailyfresh_delivery_calendar')}?day={first}")
    context = {
        "tables": tables,
        "first": first,
        "form": DayForm(initial={"day": first}),
        "earlier": first - timedelta(days=FORTNIGHT),
        "later": first + timedelta(days=FORTNIGHT),
        "now": timezone.now(),
    }
    return of.page(request, f"{TEMPLATES}/calendar.html", _("Calendar"), **context)


def close_windows(request: HttpRequest, slots: "QuerySet[Slot]") -> None:
    """Closes them, and tells staff how many, and how many orders stay in them, and where."""
    there = list(slots.filter(closed=Slot.Closed.OPEN, taken__gt=0).select_related("zone", "point"))
    inside = sum(slot.taken for slot in there)
    n = close(slots)
    messages.success(request, ngettext("%(n)d window is closed.", "%(n)d windows are closed.", n) % {"n": n})
    if inside:
        sentence = ngettext(
            "%(n)d order stays in them: move it, or call.", "%(n)d orders stay in them: move them, or call.", inside
        )
        links = [(reverse("admin:dailyfresh_delivery_move", args=[slot.pk]), slot) for slot in there[:LINKED]]
        where = format_html_join(", ", '<a href="{}">{}</a>', links)
        messages.warning(request, format_html("{} {}", sentence % {"n": inside}, where))


def open_windows(request: HttpRequest, slots: "QuerySet[Slot]") -> None:
    """Opens them again, and tells staff how many."""
    n = reopen(slots)
    messages.success(request, ngettext("%(n)d window is open.", "%(n)d windows are open.", n) % {"n": n})


def _holiday(request: HttpRequest, chosen: ChosenForm) -> None:
    if not chosen.zone_days:
        messages.error(request, _("Please choose whole days of a zone."))
        return
    for zone, day in chosen.zone_days:
        if not Holiday.objects.filter(date=day, zone=zone).exists():
            Holiday.objects.create(date=day, zone=zone)
    days = ", ".join(f"{zone} {day_said(day)}" for zone, day in chosen.zone_days)
    messages.success(request, _("Nothing comes: %(days)s.") % {"days": days})


DOES: dict[str, Callable[[HttpRequest, ChosenForm], None]] = {
    CLOSE: lambda request, chosen: close_windows(request, chosen.slots),
    OPEN: lambda request, chosen: open_windows(request, chosen.slots),
    HOLIDAY: _holiday,
}


class ToForm(forms.Form):
    """The window that the orders of another one are to come in."""

    to = forms.ModelChoiceField(label=gettext_lazy("to"), queryset=Slot.objects.none())

    def __init__(self, *args: Any, slot: Slot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = timezone.now()
        there = Slot.objects.filter(zone=slot.zone, point=slot.point, closed=Slot.Closed.OPEN, cut_off_at__gt=now)
        self.fields["to"].queryset = there.exclude(pk=slot.pk)  # type: ignore[attr-defined]
        self.fields["to"].label_from_instance = _said  # type: ignore[attr-defined]


def _said(slot: Slot) -> str:
    return said(slot.starts_at, slot.ends_at) + " · " + _("%(n)d left") % {"n": slot.left}


def move_view(of: ShopAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Who is in a window; all of them may be moved to another one of the same zone or pickup point, as many as fit."""
    slot = get_object_or_404(Slot.objects.select_related("zone", "point"), pk=pk)
    form = ToForm(request.POST or None, slot=slot)
    if form.is_valid():
        became = move_all(slot, form.cleaned_data["to"], by=request.user)
        if became.moved:
            sentence = ngettext("%(n)d order comes then.", "%(n)d orders come then.", became.moved)
            messages.success(request, sentence % {"n": became.moved})
        for reference, why in became.stayed.items():
            messages.warning(request, f"{reference}: {why}")
        return redirect("admin:dailyfresh_delivery_move", pk)
    return of.page(request, f"{TEMPLATES}/move.html", str(slot), slot=slot, form=form, loads=loads(Q(slot=slot)))


def board_view(of: ShopAdmin, request: HttpRequest) -> HttpResponse:
    """What is brought on a day, by zone and window, as a paper: to whom, how heavy, what is to be collected."""
    day = DayForm(request.GET).chosen
    beside = {"earlier": day - timedelta(days=1), "later": day + timedelta(days=1)}
    context = {"form": DayForm(initial={"day": day}), "loads": board(day), **beside}
    title = _("Deliveries of %(day)s") % {"day": day_said(day)}
    return of.page(request, f"{TEMPLATES}/board.html", title, **context)
