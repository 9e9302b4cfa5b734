from collections.abc import Callable
from decimal import Decimal
from typing import Any

from dailyfresh_core.images.pictures import judge
from django import forms
from django.core.validators import RegexValidator
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from ..models import Order, OrderLine, Refund
from .reviews import PicturesField

KEY = RegexValidator(r"\A[0-9A-Za-z]{12}\Z")


def new_key() -> str:
    """The key of a refund form: whatever is sent under it becomes one refund."""
    return get_random_string(12)


class PayForm(forms.Form):
    """Which order to pay, and how; everything else is the server's business."""

    order = forms.SlugField(max_length=32)
    gateway = forms.SlugField(max_length=32, required=False)


class _Lines(forms.Form):
    """A quantity field per line of an order of which something is left: pieces, or grams in steps of `grams`."""

    grams = 1

    key = forms.CharField(widget=forms.HiddenInput, validators=[KEY], initial=new_key)

    def __init__(self, *args: Any, order: Order, left: dict[int, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order = order
        self.left = left
        self.by_line: list[tuple[OrderLine, forms.BoundField]] = []
        for line in order.lines.all():
            if left.get(line.pk):
                name = f"line_{line.pk}"
                self.fields[name] = forms.IntegerField(
                    min_value=0,
                    max_value=left[line.pk],
                    required=False,
                    initial=0,
                    label=line.name,
                    widget=forms.NumberInput(attrs={"class": "df-input df-refund-n", "inputmode": "numeric"}),
                    validators=[self._steps(left[line.pk])] if line.sold_by == OrderLine.By.WEIGHT else [],
                )
                self.by_line.append((line, self[name]))

    def _steps(self, left: int) -> Callable[[int], None]:
        """Refuses grams between the steps; all that is left is taken as it is."""

        def check(grams: int) -> None:
            if grams % self.grams and grams != left:
                raise forms.ValidationError(_("Write grams in steps of %(n)d, or all of it.") % {"n": self.grams})

        return check

    def pieces(self) -> dict[int, int]:
        """Primary key of the line -> pieces or grams chosen."""
        chosen = {line.pk: self.cleaned_data.get(f"line_{line.pk}") for line, _field in self.by_line}
        return {pk: quantity for pk, quantity in chosen.items() if quantity}


class RefundRequestForm(_Lines):
    """What a buyer asks back. Before shipping there is nothing to choose: it is the whole order."""

    grams = 10
    REASONS = [
        ("changed", _("I changed my mind")),
        ("late", _("It takes too long")),
        ("quality", _("Faulty or damaged")),
        ("wrong", _("Wrong or missing goods")),
        ("other", _("Something else")),
    ]
    why = forms.ChoiceField(choices=REASONS, label=_("Reason"), widget=forms.Select(attrs={"class": "df-input"}))
    words = forms.CharField(
        max_length=160,
        required=False,
        label=_("What happened?"),
        widget=forms.Textarea(attrs={"rows": 3, "class": "df-input"}),
    )

    amount = forms.DecimalField(
        max_digits=12,
        decimal_places=2,
        min_value=Decimal("0.01"),
        required=False,
        label=_("Only so much of it (¥)"),
        help_text=_("Empty: all that it cost."),
        widget=forms.NumberInput(attrs={"class": "df-input df-refund-n", "step": "0.01", "inputmode": "decimal"}),
    )
    pictures = PicturesField(required=False, label=_("Pictures of what is wrong"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.whole = self.order.state == Order.State.TO_SHIP
        if self.whole:
            for line, _field in self.by_line:
                del self.fields[f"line_{line.pk}"]
            del self.fields["amount"], self.fields["pictures"]
            self.by_line = []
        elif len(self.by_line) == 1:
            # Nothing else can be meant.
            line, field = self.by_line[0]
            field.field.initial = self.left[line.pk]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.whole and not self.errors and not self.pieces():
            raise forms.ValidationError(_("Please choose what is to be refunded."))
        if cleaned.get("pictures") and not self.errors:
            try:
                judge(cleaned["pictures"])
            except forms.ValidationError as error:
                self.add_error("pictures", error)
        return cleaned

    def reason(self) -> str:
        words = " ".join(self.cleaned_data["words"].split())
        label = str(dict(self.REASONS)[self.cleaned_data["why"]])
        return f"{label}: {words}" if words else label


class StaffRefundForm(_Lines):
    """A refund given by the shop: everything that is left, or pieces, or any amount up to what is left."""

    what = forms.ChoiceField(
        choices=[("whole", _("Everything that is left")), ("lines", _("The pieces chosen below"))],
        widget=forms.RadioSelect,
        label=_("Refund"),
        initial="lines",
    )
    amount = forms.DecimalField(
        max_digits=12,
        decimal_places=2,
        min_value=Decimal("0.01"),
        required=False,
        label=_("Amount"),
        help_text=_("Empty: what the pieces cost."),
    )
    goods = forms.ChoiceField(choices=Refund.Goods.choices, widget=forms.RadioSelect, label=_("Goods"))
    reason = forms.CharField(max_length=200, label=_("Reason"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and cleaned["what"] == "lines" and not self.pieces() and not cleaned.get("amount"):
            raise forms.ValidationError(_("Choose pieces, or write an amount."))
        return cleaned


class DecideForm(forms.Form):
    """Staff decide about a buyer's request."""

    goods = forms.ChoiceField(choices=Refund.Goods.choices, widget=forms.RadioSelect, label=_("Goods"))
    answer = forms.CharField(max_length=200, required=False, label=_("Answer to the buyer"))
