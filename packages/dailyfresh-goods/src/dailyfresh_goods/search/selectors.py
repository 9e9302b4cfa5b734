"""What the search reads of the shop's own words."""

from threading import Lock

from django.db.models import Count, Max

from ..conf import conf
from .models import Synonym
from .words.lexicon import Group, Lexicon, shipped_groups, words_in

_lock = Lock()
_loaded: tuple[object, Lexicon] | None = None


def lexicon() -> Lexicon:
    """The lexicon as it stands: one statement asks whether the shop's rows have changed."""
    global _loaded
    stamp = (Synonym.objects.aggregate(Max("updated_at"), Count("pk")), tuple(conf.SEARCH_SYNONYMS))
    loaded = _loaded
    if loaded is None or loaded[0] != stamp:
        own = [Group(words_in(row.words), words_in(row.narrower)) for row in Synonym.objects.filter(active=True)]
        with _lock:
            _loaded = loaded = (stamp, Lexicon(shipped_groups(), own))
    return loaded[1]
