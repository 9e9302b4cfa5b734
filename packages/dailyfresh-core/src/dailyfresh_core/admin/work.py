"""What waits for somebody: what staff land on. A package says what it knows, the site shows all of it together."""

from dataclasses import dataclass

from django.urls import reverse


@dataclass(frozen=True)
class Job:
    """So many things of one kind; the list of them is at this URL name, with this query."""

    label: str
    n: int
    url_name: str
    query: str = ""
    urgent: bool = False

    @property
    def url(self) -> str:
        """Where the list is."""
        return f"{reverse(self.url_name)}?{self.query}".removesuffix("?")
