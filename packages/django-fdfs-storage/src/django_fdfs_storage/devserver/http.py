"""HTTP for the stored files, with the anti-steal check of fastdfs-nginx-module."""

import mimetypes
import re
import shutil
import time
from email.utils import formatdate
from hmac import compare_digest
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import ClassVar
from urllib.parse import parse_qs, quote, unquote, urlsplit

from ..names import anti_steal_token
from .disk import Disk

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class FileHandler(BaseHTTPRequestHandler):
    """Serves GET and HEAD of /<group>/M00/00/00/<name>."""

    disks: ClassVar[dict[str, Disk]]
    secret: ClassVar[str | None]
    token_ttl: ClassVar[int]
    protocol_version = "HTTP/1.1"
    server_version = "fdfs-devserver"

    def do_GET(self) -> None:
        """Send the file, or one range of it."""
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        group, _, name = unquote(parts.path).lstrip("/").partition("/")
        disk = self.disks.get(group)
        path = disk.path(name) if disk else None
        if status := self._token_fault(name, query):
            return self._fail(status)
        if path is None or not path.is_file():
            return self._fail(HTTPStatus.NOT_FOUND)
        with path.open("rb") as file:
            stat = path.stat()
            span = self._span(stat.st_size)
            if span is None:
                self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
                self.send_header("Content-Range", f"bytes */{stat.st_size}")
                self.send_header("Content-Length", "0")
                return self.end_headers()
            start, end, partial = span
            self.send_response(HTTPStatus.PARTIAL_CONTENT if partial else HTTPStatus.OK)
            if partial:
                self.send_header("Content-Range", f"bytes {start}-{end - 1}/{stat.st_size}")
            self.send_header("Content-Type", mimetypes.guess_type(path.name)[0] or "application/octet-stream")
            self.send_header("Content-Length", str(end - start))
            self.send_header("Last-Modified", formatdate(stat.st_mtime, usegmt=True))
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("X-Content-Type-Options", "nosniff")
            if filename := query.get("filename"):
                self.send_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(filename, safe='')}")
            self.end_headers()
            if self.command != "HEAD":
                file.seek(start)
                if partial:
                    self.wfile.write(file.read(end - start))
                else:
                    shutil.copyfileobj(file, self.wfile, 256 * 1024)

    do_HEAD = do_GET

    def _token_fault(self, path: str, query: dict[str, str]) -> HTTPStatus | None:
        """What is wrong with the token of the request, if one is asked for."""
        if self.secret is None:
            return None
        token, timestamp = query.get("token"), query.get("ts")
        if not token or not timestamp or not timestamp.isdecimal():
            return HTTPStatus.BAD_REQUEST
        expected = anti_steal_token(path, secret=self.secret, timestamp=int(timestamp))
        fresh = int(timestamp) == 0 or time.time() - int(timestamp) <= self.token_ttl
        return None if fresh and compare_digest(token, expected) else HTTPStatus.FORBIDDEN

    def _span(self, size: int) -> tuple[int, int, bool] | None:
        """Start, end and whether it is a part; None when the range lies outside the file."""
        match = _RANGE.fullmatch(self.headers.get("Range", ""))
        if match is None or match[0] == "bytes=-":
            return 0, size, False
        first, last = match.groups()
        if not first:
            return (max(size - int(last), 0), size, True) if int(last) and size else None
        start, end = int(first), min(int(last) + 1 if last else size, size)
        return (start, end, True) if start < end else None

    def _fail(self, status: HTTPStatus) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing for each request."""
