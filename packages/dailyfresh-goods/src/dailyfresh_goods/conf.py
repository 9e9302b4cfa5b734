"""The settings of dailyfresh-goods, each with its default: `DAILYFRESH_GOODS = {...}` in Django's settings."""

from collections.abc import Sequence
from typing import Any

from dailyfresh_core.conf import Conf, Shared


class Settings(Conf, name="DAILYFRESH_GOODS"):
    TASKS: str | None = Shared.TASKS
    """"celery" or "inline"; None means inline unless the site configured a Celery app."""

    SITE_URL: str = "http://localhost:8000"
    """Scheme and host of the site, as canonical links and pages on disk name it."""

    BUY_URL: str | None = None
    """URL name of the page that takes `?buy=<sku_id>:<quantity>`; None shows no "buy now"."""

    PAGE_SIZE: int = 20
    """SKUs on a page of a list."""

    MAX_PAGE: int = 100
    """The last page of a list; the pager ends there."""

    LOW_STOCK: int = Shared.LOW_STOCK
    """The last stock that counts as nearly sold out."""

    NEW_GOODS: int = 5
    """SKUs in the strip of new goods."""

    RATINGS: str | None = None
    """Dotted path of a `protocols.Ratings`: stars on cards and pages; None shows none."""

    HISTORY: dict[str, Any] = {"BACKEND": "dailyfresh_goods.history.session.SessionHistory"}
    """Where the goods a visitor looked at are kept."""

    HISTORY_SHOWN: int = 5
    """SKUs of the browsing history in the answer to the visitor request."""

    CACHE: str | None = "default"
    """Alias in CACHES that keeps pages, counts and boundaries; None keeps none."""

    CACHE_SECONDS: int = 3600
    """How long a page in the cache counts as fresh; up to a fifth less by chance, so that not all expire at once."""

    STALE_SECONDS: int = 600
    """How much longer an expired page is still served while one process builds the new one."""

    PAGES: dict[str, Any] | None = None
    """Where pages are written for the web server, `{"BACKEND": "dailyfresh_goods.pages.disk.DiskPages", ...}`; None: nowhere."""

    HOST_NAME: str = ""
    """Name of this host where several have pages or an index of their own; "" where one has."""

    STATIC_PAGES: int = 5
    """Pages per type and sort that are written."""

    WISHES: int = 200
    """Favourites that one account may have, and goods that it may wait for; 0 offers neither."""

    IMPORT_DAYS: int = 7
    """An uploaded file of goods that is older goes with the next upload."""

    PICTURE_HOSTS: Sequence[str] = ()
    """Hosts that a file of goods may name addresses of pictures at: "img.example.com", ".example.com" with all below it, "*" any public one."""

    DEBOUNCE: float = 1.0
    """Seconds a marked page must be quiet before it is written anew; it waits ten times this at most."""

    RELEASE: str = ""
    """Name of the deployed release; part of the cache keys and of the folder of pages."""

    JQUERY_URL: str | None = Shared.JQUERY_URL
    """Static path of jQuery; None when the site loads its own (3.7 or newer)."""

    TRUSTED_PROXIES: Sequence[str] = Shared.TRUSTED_PROXIES
    """Networks of the proxies whose `X-Forwarded-For` is believed ("10.0.0.0/8"; "unix" for a socket): popular searches count by visitor."""

    SEARCH_DICTIONARIES: list[str] = []
    """Files with more words that search must not cut apart, in the form of `search/data/dictionary.txt`."""

    SEARCH_SYNONYMS: list[str] = []
    """Files with more synonyms, in the form of `search/data/synonyms.txt`; rows in the admin win over both."""

    SEARCH_SECONDS: float = 0.25
    """Seconds of a processor that one search may take until it shows what it has; what was typed is cut to 64 characters and 8 words."""

    SEARCH_POPULAR: dict[str, Any] | None = None
    """Where searches are counted, `{"BACKEND": "dailyfresh_goods.search.popular.RedisPopular", ...}`; None: nowhere."""


conf = Settings()
