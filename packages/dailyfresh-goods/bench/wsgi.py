"""The site for uwsgi. Two headers, which no real site knows, ask for a page made anew.

X-Bench: fresh      the page is made anew, counts and boundaries come from the cache
X-Bench: uncached   everything is read from the database
"""

from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    wish = environ.get("HTTP_X_BENCH")
    if wish == "fresh":
        environ["dailyfresh_goods.fresh"] = True
    elif wish == "uncached":
        from dailyfresh_goods.pages.cache import uncached

        with uncached():
            return list(django(environ, start_response))  # type: ignore[call-overload]
    return django(environ, start_response)
