"""A site's own van: so many parcels on a tour, 5 yuan a parcel and one more for each kilogram. The smallest that an order can take."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F, Q

from .models import Aboard, Tour


@dataclass(frozen=True)
class Window:
    id: str
    starts: datetime
    ends: datetime
    closes: datetime
    left: int
    why: str
    grams: int
    place: str = ""

    @property
    def open(self):
        return not self.why


class Delivery:
    def choices(self, *, address, grams, at):
        return [_window(tour, grams, at) for tour in Tour.objects.filter(north=address.district_code == "110108")]

    def fee(self, window, *, goods):
        return Decimal(5 + window.grams // 1000) if goods < 59 else Decimal("0.00")

    def take(self, window, *, reference, grams, at):
        if not window.isdecimal() or len(window) > 18:
            return False
        Aboard.objects.create(reference=reference, tour_id=window)
        return bool(_free(at).filter(pk=window).update(taken=F("taken") + 1))

    def move(self, reference, window, *, at):
        aboard = Aboard.objects.filter(reference=reference).first()
        if aboard is None or not _free(at).filter(pk=window).update(taken=F("taken") + 1):
            return False
        Tour.objects.filter(pk=aboard.tour_id).update(taken=F("taken") - 1)
        return bool(Aboard.objects.filter(pk=aboard.pk).update(tour_id=window))

    def lock(self, window):
        tour = Tour.objects.select_for_update().get(pk=window)
        return max(0, tour.places - tour.taken)

    def give_back(self, reference):
        for aboard in Aboard.objects.filter(reference=reference):
            if aboard.delete()[0]:
                Tour.objects.filter(pk=aboard.tour_id).update(taken=F("taken") - 1)


def _free(at):
    return Tour.objects.filter(Q(taken__lt=F("places")), closes__gt=at)


def _window(tour, grams, at):
    why = "It is closed." if tour.closes <= at else "" if tour.taken < tour.places else "It is full."
    return Window(str(tour.pk), tour.starts, tour.ends, tour.closes, max(0, tour.places - tour.taken), why, grams)
