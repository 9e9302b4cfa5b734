"""Serve stored files from Django: `path("media/<path:name>", media)`."""

import mimetypes
import re
from http import HTTPStatus
from typing import cast

from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import storages
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

from .exceptions import NoSuchFile
from .names import FileId, parse_file_id
from .storage import FastDFSStorage

YEAR = 365 * 24 * 3600
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
# An uploaded page must not act in the name of the site that serves it.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@login_not_required
@require_safe
def media(request: HttpRequest, name: str, *, storage: str = "default") -> HttpResponseBase:
    """A stored file with its type, validators and ranges, cached for a year.

    A file id names the same bytes for ever, so a browser that has them gets 304 without a question
    to the cluster. `storage` is an alias of STORAGES. `?filename=` names the download.
    """
    backend = cast(FastDFSStorage, storages[storage])
    try:
        file = parse_file_id(name)
    except ValueError as error:
        raise Http404(str(error)) from error
    etag = f'"{file.path.rpartition("/")[2]}"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")) and not file.appender:
        return _cacheable(HttpResponseNotModified(), file, etag)
    engine = backend.engine
    try:
        info = engine.info(name)
    except NoSuchFile as error:
        raise Http404(str(error)) from error
    if file.appender:
        etag = f'"{info.size}-{info.timestamp}"'
    span = _span(request, info.size, etag)
    if span is None:
        return HttpResponse(
            status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers={"Content-Range": f"bytes */{info.size}"}
        )
    start, end = span
    response = StreamingHttpResponse(
        () if request.method == "HEAD" else engine.stream(name, offset=start, length=end - start),
        content_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
    )
    if (start, end) != (0, info.size):
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


def _cacheable(response: HttpResponseBase, file: FileId, etag: str) -> HttpResponseBase:
    response["ETag"] = etag
    if file.appender:
        patch_cache_control(response, no_cache=True)
    else:
        patch_cache_control(response, public=True, max_age=YEAR, immutable=True)
    return response


def _span(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """Start and end of the bytes to send; None when the range lies outside the file."""
    match = _RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or match[0] == "bytes=-" or request.headers.get("If-Range", etag) != etag:
        return 0, size
    first, last = match.groups()
    if not first:
        return (max(size - int(last), 0), size) if int(last) and size else None
    start, end = int(first), min(int(last) + 1 if last else size, size)
    return (start, end) if start < end else None
