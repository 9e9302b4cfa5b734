"""Serve stored files from Django: `path("media/<path:name>", media)`."""

import logging
import mimetypes
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from typing import cast

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import storages
from django.core.handlers.asgi import ASGIRequest
from django.db.transaction import non_atomic_requests
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    StreamingHttpResponse,
)
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header, http_date, parse_etags
from django.views.decorators.http import require_safe

from .exceptions import FastDFSError, InvalidFileId, NoSuchFile
from .names import FileId, parse_file_id
from .ranges import Unsatisfiable, asked_range
from .storage import FastDFSStorage

logger = logging.getLogger(__name__)
YEAR = 365 * 24 * 3600
# An uploaded page must not act in the name of the site that serves it.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@login_not_required
@non_atomic_requests
@require_safe
def media(request: HttpRequest, name: str, *, storage: str = "default") -> HttpResponseBase:
    """A stored file with its type, validators and ranges, cached for a year.

    A file id names the same bytes for ever, so a browser that has them gets 304 without a question
    to the cluster. `storage` is an alias of STORAGES. `?filename=` names the download.
    """
    backend = cast(FastDFSStorage, storages[storage])
    try:
        file = parse_file_id(name)
        if not file.appender and _etag(file) in _given_etags(request):
            return _cacheable(HttpResponseNotModified(), file, _etag(file))
        engine = backend.engine
        info = engine.info(name)
    except (InvalidFileId, NoSuchFile) as error:
        raise Http404(str(error)) from error
    except FastDFSError as error:
        logger.warning("%s cannot be served: %s", name, error)
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Cache-Control": "no-store"})
    etag = f'"{info.size}-{info.timestamp}"' if file.appender else _etag(file)
    if _known(request, etag):
        return _cacheable(HttpResponseNotModified(), file, etag)
    current = request.headers.get("If-Range", etag) == etag
    try:
        span = asked_range(request.headers.get("Range", ""), info.size) if current else None
    except Unsatisfiable:
        return HttpResponse(
            status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers={"Content-Range": f"bytes */{info.size}"}
        )
    start, end = span or (0, info.size)
    blocks = iter(()) if request.method == "HEAD" else engine.stream(name, offset=start, length=end - start)
    response = StreamingHttpResponse(
        _in_threads(blocks) if isinstance(request, ASGIRequest) else blocks,
        content_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
    )
    if span:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response["Content-Range"] = f"bytes {start}-{end - 1}/{info.size}"
    if (filename := request.GET.get("filename")) is not None:
        response["Content-Disposition"] = content_disposition_header(True, filename) or "attachment"
    response["Content-Length"] = str(end - start)
    response["Last-Modified"] = http_date(info.timestamp)
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _POLICY
    return _cacheable(response, file, etag)


async def _in_threads(blocks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The same blocks for an event loop, which reading them from the cluster would hold up."""
    following = sync_to_async(lambda: next(blocks, b""), thread_sensitive=False)
    while block := await following():
        yield block


def _etag(file: FileId) -> str:
    return f'"{file.path.rpartition("/")[2]}"'


def _known(request: HttpRequest, etag: str) -> bool:
    """Whether the browser has this version of a file that is there."""
    return bool(_given_etags(request) & {"*", etag})


def _given_etags(request: HttpRequest) -> set[str]:
    return {each.removeprefix("W/") for each in parse_etags(request.headers.get("If-None-Match", ""))}


def _cacheable(response: HttpResponseBase, file: FileId, etag: str) -> HttpResponseBase:
    response["ETag"] = etag
    if file.appender:
        patch_cache_control(response, no_cache=True)
    else:
        patch_cache_control(response, public=True, max_age=YEAR, immutable=True)
    return response
