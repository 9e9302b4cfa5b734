"""Which messages a person wants."""

from typing import Any

from django import forms

from ..channels import channels
from ..models import Message
from ..reports.work import permission_for


def events_for(user: Any) -> list[str]:
    """The events that this account may hear of: those of its orders, and of the work that its permissions are for."""
    return [
        event.value
        for event in Message.Event
        if event not in Message.STAFF or (user.is_staff and user.has_perm(permission_for(event)))
    ]


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
