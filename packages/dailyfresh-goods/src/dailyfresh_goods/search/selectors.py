"""What the search reads of the shop's own words."""

from threading import Lock

from django.db import connections, router

from ..conf import conf
from .models import Synonym
from .words.lexicon import Group, Lexicon, shipped_groups, words_in

_lock = Lock()
_loaded: tuple[object, Lexicon] | None = None


def lexicon() -> Lexicon:
    """The lexicon as it stands: one statement asks whether the shop's rows have changed."""
    global _loaded
    stamp = (_stamp(), tuple(conf.SEARCH_SYNONYMS))
    loaded = _loaded
    if loaded is None or loaded[0] != stamp:
        own = [Group(words_in(row.words), words_in(row.narrower)) for row in Synonym.objects.filter(active=True)]
        with _lock:
            _loaded = loaded = (stamp, Lexicon(shipped_groups(), own))
    return loaded[1]


def _stamp() -> object:
    """Another value after every change of the rows; plain SQL, since building it costs more than asking it, at each search."""
    connection = connections[router.db_for_read(Synonym)]
    table, updated = map(connection.ops.quote_name, (Synonym._meta.db_table, "updated_at"))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT MAX({updated}), COUNT(*) FROM {table}")  # noqa: S608  # the names are the model's own
        return cursor.fetchone()
