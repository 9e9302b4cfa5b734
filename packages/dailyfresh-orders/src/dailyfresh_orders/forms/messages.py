"""Which messages a person wants."""

from typing import Any

from django import forms

from ..channels import channels
from ..models import Message
from ..staff import events_for


class ChoicesForm(forms.Form):
    """One box for every event and channel, ticked where the message is wanted."""

    wanted = forms.MultipleChoiceField(required=False)

    def __init__(self, data: Any = None, *, user: Any) -> None:
        super().__init__(data)
        self.events = events_for(user)
        self.ways = channels()
        self.every = [f"{event}:{code}" for event in self.events for code in self.ways]
        self.fields["wanted"].choices = [(each, each) for each in self.every]  # type: ignore[attr-defined]

    def unwanted(self) -> set[str]:
        return set(self.every) - set(self.cleaned_data["wanted"])

    def rows(self, unwanted: set[str]) -> list[dict[str, Any]]:
        """For the table of the page: an event in words, and its boxes."""
        return [
            {
                "label": Message.Event(event).label,
                "boxes": [
                    {"value": f"{event}:{code}", "label": way.label, "wanted": f"{event}:{code}" not in unwanted}
                    for code, way in self.ways.items()
                ],
            }
            for event in self.events
        ]
