"""Serve stored files from Django: `path("media/<path:name>", media)`."""

import logging
import re
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from time import time
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousFileOperation
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
from django.utils.crypto import salted_hmac
from django.utils.http import content_disposition_header, http_date, parse_etags
from django.views.decorators.http import require_safe

from .access import refusal, token_query
from .client import Engine
from .client.wire import FileInfo
from .conf import Options
from .exceptions import FastDFSError, InvalidFileId, NoSuchFile
from .names import CONTROLS, FileId, is_file_id, parse_file_id
from .ranges import Unsatisfiable, asked_range
from .storage import FastDFSStorage

logger: logging.Logger = logging.getLogger(__name__)
YEAR = 365 * 24 * 3600
# An uploaded page must not act in the name of the site that serves it.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
# A name that Django's ManifestStaticFilesStorage gave: another content has another name.
_HASHED = re.compile(r"\.[0-9a-f]{12}(\.[^./]*)?$")


@login_not_required
@non_atomic_requests
@require_safe
def media(request: HttpRequest, name: str, *, storage: str = "default") -> HttpResponseBase:
    """A stored file with its type, validators and ranges, to those who may have it.

    `storage` is an alias of STORAGES. `?filename=` names the download. A file id names the same bytes
    for ever, so a browser that has them gets 304 without a question to the cluster.
    """
    backend = storages[storage]
    if not isinstance(backend, FastDFSStorage):
        raise Http404(f"the storage {storage!r} is none of FastDFS")
    if "\\" in name or not {"", ".", ".."}.isdisjoint(name.split("/")):
        # A policy that knows names by how they begin must not be shown another spelling.
        raise Http404(f"{name!r} is not how a URL names a file")
    options = backend.options
    if fault := refusal(options, request, name):
        return HttpResponse(status=fault, headers={"Cache-Control": "no-store"})
    try:
        file = parse_file_id(backend.file_id(name))
        if options.accel_redirect is not None:
            redirected = _redirected(options, str(file), backend.content_type(name), request)
            return _cacheable(redirected, options, name, file)
        if not file.appender and _etag(file) in _given_etags(request):
            return _cacheable(HttpResponseNotModified(), options, name, file, _etag(file))
        info = backend.engine.info(str(file))
    except (InvalidFileId, NoSuchFile, SuspiciousFileOperation) as error:
        raise Http404(str(error)) from error
    except FastDFSError as error:
        logger.warning("%s cannot be served: %s", name, error)
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Cache-Control": "no-store"})
    etag = f'"{info.size}-{info.timestamp}"' if file.appender else _etag(file)
    if _given_etags(request) & {"*", etag}:
        return _cacheable(HttpResponseNotModified(), options, name, file, etag)
    sent = _sent(request, backend.content_type(name), file, info, backend.engine, etag)
    return _cacheable(sent, options, name, file, etag)


def _sent(request: HttpRequest, kind: str, file: FileId, info: FileInfo, engine: Engine, etag: str) -> HttpResponseBase:
    """The content, or the range of it that is asked for, in blocks."""
    current = request.headers.get("If-Range", etag) == etag
    try:
        span = asked_range(request.headers.get("Range", ""), info.size) if current else None
    except Unsatisfiable:
        return HttpResponse(
            status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers={"Content-Range": f"bytes */{info.size}"}
        )
    start, end = span or (0, info.size)
    blocks = iter(()) if request.method == "HEAD" else engine.stream(str(file), offset=start, length=end - start)
    response = StreamingHttpResponse(_in_threads(blocks) if isinstance(request, ASGIRequest) else blocks)
    if span:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response["Content-Range"] = f"bytes {start}-{end - 1}/{info.size}"
    response["Content-Length"] = str(end - start)
    response["Last-Modified"] = http_date(info.timestamp)
    response["Accept-Ranges"] = "bytes"
    return _described(response, kind, request)


def _redirected(options: Options, file_id: str, kind: str, request: HttpRequest) -> HttpResponseBase:
    """Leave the file, its ranges and its conditions to the nginx in front of us."""
    query = (
        "" if options.token_secret is None else f"?{urlencode(token_query(options, file_id, timestamp=int(time())))}"
    )
    target = f"{str(options.accel_redirect).rstrip('/')}/{file_id}{query}"
    return _described(HttpResponse(headers={"X-Accel-Redirect": target}), kind, request)


def _described(response: HttpResponseBase, kind: str, request: HttpRequest) -> HttpResponseBase:
    response["Content-Type"] = kind or "application/octet-stream"
    if (filename := request.GET.get("filename")) is not None:
        header = content_disposition_header(True, CONTROLS.sub("", filename))
        response["Content-Disposition"] = header or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _POLICY
    return response


async def _in_threads(blocks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The same blocks for an event loop, which reading them from the cluster would hold up."""
    following = sync_to_async(lambda: next(blocks, b""), thread_sensitive=False)
    while block := await following():
        yield block


def _etag(file: FileId) -> str:
    # Not the id, by which an open view over the same cluster would serve a private file after its URL has ended.
    return f'"{salted_hmac(__name__, file.path, algorithm="sha256").hexdigest()}"'


def _given_etags(request: HttpRequest) -> set[str]:
    return {each.removeprefix("W/") for each in parse_etags(request.headers.get("If-None-Match", ""))}


def _cacheable(
    response: HttpResponseBase, options: Options, name: str, file: FileId, etag: str | None = None
) -> HttpResponseBase:
    """How long a browser, and who else, may keep the answer; a refused range is not for keeping."""
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        return response
    if etag:
        response["ETag"] = etag
    if options.policy or options.private or options.token_secret is not None:
        # Who may have it now may not have it later: the question is put again.
        patch_cache_control(response, private=True, no_cache=True)
    elif file.appender or not (is_file_id(name) or _HASHED.search(name)):
        patch_cache_control(response, no_cache=True)
    else:
        patch_cache_control(response, public=True, max_age=YEAR, immutable=True)
    return response
