"""HTTP for the stored files, with the anti-steal check of fastdfs-nginx-module."""

import mimetypes
import os
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, quote, unquote, urlsplit

from ..names import token_fault
from ..ranges import Unsatisfiable, asked_range
from .disk import Disk


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
        if self.secret and (fault := token_fault(name, query, secret=self.secret, life=self.token_ttl)):
            self._answer(fault)
        elif path is None or not path.is_file():
            self._answer(HTTPStatus.NOT_FOUND)
        else:
            self._send(path, query.get("filename"))

    do_HEAD = do_GET

    def _send(self, path: Path, filename: str | None) -> None:
        with path.open("rb") as file:
            stat = os.fstat(file.fileno())
            try:
                span = asked_range(self.headers.get("Range", ""), stat.st_size)
            except Unsatisfiable:
                self._answer(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, {"Content-Range": f"bytes */{stat.st_size}"})
                return
            start, end = span or (0, stat.st_size)
            headers = {
                "Content-Type": mimetypes.guess_type(path.name)[0] or "application/octet-stream",
                "Last-Modified": formatdate(stat.st_mtime, usegmt=True),
                "Accept-Ranges": "bytes",
                "X-Content-Type-Options": "nosniff",
            }
            if span:
                headers["Content-Range"] = f"bytes {start}-{end - 1}/{stat.st_size}"
            if filename:
                headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename, safe='')}"
            self._answer(HTTPStatus.PARTIAL_CONTENT if span else HTTPStatus.OK, headers, length=end - start)
            if self.command != "HEAD" and end > start:
                self.connection.sendfile(file, start, end - start)

    def _answer(self, status: HTTPStatus, headers: dict[str, str] | None = None, *, length: int = 0) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing for each request."""
