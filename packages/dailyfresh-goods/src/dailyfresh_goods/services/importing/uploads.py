"""Files of goods that staff upload: kept, shown before anything is written, and taken in beside the requests."""

import logging
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from itertools import islice
from typing import IO, Any

from dailyfresh_core.background.outbox import claim
from dailyfresh_core.exchange import BadFile, How, Table, write_csv
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ...conf import conf
from ...import_export.archives import Content, content_in
from ...import_export.cells import CONTROL
from ...import_export.columns import PROBLEM, column_of, in_words_of_file, mapping_of
from ...models import GoodsImport, GoodsImportPiece
from ...signals import import_begun
from .imports import Line, Report, import_goods, open_goods, preview_goods, read_goods

logger: logging.Logger = logging.getLogger(__name__)

PIECE = 1024 * 1024
SHOWN = 5
REMEMBERED = 50
"""Former imports whose headings are looked up."""

LEASE = timedelta(minutes=2)
State = GoodsImport.State


class _Stopped(Exception):
    """Somebody cancelled it, or another worker has it."""


@dataclass
class Look:
    """What was found in a file: `columns` are (heading, column or empty or None when nobody knows), `lines` the first rows as
    they would be written, `error` what is wrong with the file as a whole.
    """

    kind: str = ""
    how: How = field(default_factory=How)
    sheets: list[str] = field(default_factory=list)
    columns: list[tuple[str, str | None]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    error: str = ""


def keep_import(*, file: IO[bytes], name: str, by: Any) -> GoodsImport:
    """Keep a file; old ones go. Raises `BadFile` when it is no table."""
    with content_in(file, name) as content:
        open_goods(content.file, content.name)
    GoodsImport.objects.filter(created_at__lt=timezone.now() - timedelta(days=conf.IMPORT_DAYS)).delete()
    file.seek(0)
    with transaction.atomic():
        upload = GoodsImport.objects.create(name=name[-200:], by=by, language=translation.get_language() or "")
        for number, data in enumerate(iter(lambda: file.read(PIECE), b"")):
            GoodsImportPiece.objects.create(upload=upload, number=number, data=data)
    return upload


@contextmanager
def content_of(upload: GoodsImport) -> Iterator[Content]:
    """What is in the file as it was uploaded, open."""
    with tempfile.TemporaryFile() as file:
        for number in upload.pieces.values_list("number", flat=True):
            file.write(upload.pieces.values_list("data", flat=True).get(number=number))
        file.seek(0)
        with content_in(file, upload.name) as content:
            yield content


def _told(upload: GoodsImport, headings: list[str]) -> dict[str, str]:
    """Heading -> column (or empty) as staff said it, of this file or of one before it."""
    told: dict[str, str] = {}
    for former in GoodsImport.objects.exclude(headings={}).values_list("headings", flat=True)[:REMEMBERED]:
        told = former | told
    told |= upload.headings
    return {heading: column for heading, column in told.items() if heading in headings}


def _opened(upload: GoodsImport, content: Content) -> Table:
    return open_goods(content.file, content.name, How(**upload.how))


def look_at(upload: GoodsImport) -> Look:
    """What is found in the file, with what was told of it."""
    look = Look()
    try:
        with content_of(upload) as content:
            table = _opened(upload, content)
            look.kind, look.how, look.sheets = table.kind, table.how, list(table.sheets)
            told = _told(upload, table.columns)
            look.columns = [(name, told.get(name, column_of(name) or None)) for name in table.columns if name]
            if unknown := {name: "" for name, column in look.columns if column is None}:
                # The rows can be shown all the same, as long as one column says which SKU each is.
                with suppress(BadFile):
                    look.lines = _first_lines(content, table.how, unknown | told)
                mapping_of(table.columns, told)
            look.lines = _first_lines(content, table.how, told)
    except BadFile as error:
        look.error = str(error)
    return look


def _first_lines(content: Content, how: How, told: Mapping[str, str]) -> list[Line]:
    with closing(read_goods(content.file, content.name, how, told)) as rows:
        return preview_goods(rows=islice(rows, SHOWN), archive=content.archive)


def tell_import(*, upload: GoodsImport, how: How, headings: Mapping[str, str]) -> None:
    """Keep how the file is to be read, and which column each heading means (empty: none); both as long as it has not begun."""
    changes = {"how": asdict(how), "headings": dict(headings)}
    GoodsImport.objects.filter(pk=upload.pk).exclude(state__in=[State.WAITING, State.RUNNING]).update(**changes)


def begin_import(*, upload: GoodsImport, dry_run: bool, skip_bad: bool = False) -> None:
    """Let the file be checked, and unless `dry_run` taken in, by the drain; does nothing while that is under way."""
    with transaction.atomic():
        idle = GoodsImport.objects.filter(pk=upload.pk).exclude(state__in=[State.WAITING, State.RUNNING])
        begun = idle.update(
            state=State.WAITING, due_at=timezone.now(), dry_run=dry_run, skip_bad=skip_bad, language=translation.get_language() or "",
            rows=0, total=0, report={}, error="",
        )  # fmt: skip
        if begun:
            import_begun.send(sender=GoodsImport)


def cancel_import(*, upload: GoodsImport) -> None:
    """Stop it at the next batch; what is written stays."""
    under_way = GoodsImport.objects.filter(pk=upload.pk, state__in=[State.WAITING, State.RUNNING])
    under_way.update(state=State.CANCELLED, due_at=None)


def run_imports() -> None:
    """Work off the files that were begun, one after the other; may be called at any time, from anywhere, twice at once."""
    now = timezone.now()
    for upload in GoodsImport.objects.filter(due_at__lte=now).order_by("pk"):
        if claim(upload, "due_at", timezone.now() + LEASE, state=State.RUNNING):
            with translation.override(upload.language or None):
                _run(upload)


def _run(upload: GoodsImport) -> None:
    report = Report()
    try:
        with content_of(upload) as content:
            report = _pass(upload, content, dry_run=True)
            upload.total = report.rows
            if upload.dry_run or (report.bad and not upload.skip_bad):
                _end(upload, report, State.REFUSED if report.bad else State.DONE)
                return
            report = _pass(upload, content, skip_bad=upload.skip_bad)
            _end(upload, report, State.REFUSED if report.bad and not upload.skip_bad else State.DONE)
    except BadFile as error:
        _end(upload, report, State.REFUSED, error=str(error))
    except _Stopped:
        logger.info("The import %d was stopped", upload.pk)
    except (InterfaceError, OperationalError):  # the claim runs out, and the next begins again
        raise
    except Exception:
        logger.exception("The import %d failed", upload.pk)
        _end(upload, report, State.REFUSED, error=_("The program failed; its log says why."))


def _pass(upload: GoodsImport, content: Content, *, dry_run: bool = False, skip_bad: bool = False) -> Report:
    """Read the file once, telling how far that is every second; raises `_Stopped` when it is no longer ours."""
    said = time.monotonic()
    table = _opened(upload, content)
    told = _told(upload, table.columns)
    headings = mapping_of(table.columns, told)

    def named(report: Report) -> Report:
        return replace(report, problems=in_words_of_file(report.problems, headings))

    def done(report: Report) -> None:
        nonlocal said
        if time.monotonic() - said >= 1:
            said = time.monotonic()
            until = timezone.now() + LEASE
            kept = _kept(named(report))
            if not _ours(upload).update(due_at=until, rows=report.rows, total=upload.total, report=kept):
                raise _Stopped
            upload.due_at = until

    rows = read_goods(content.file, content.name, table.how, told)
    report = import_goods(
        rows=rows,
        dry_run=dry_run,
        skip_bad=skip_bad,
        archive=content.archive,
        by=upload.by or "",
        why=upload.name,
        done=done,
    )
    return named(report)


def _ours(upload: GoodsImport) -> Any:
    return GoodsImport.objects.filter(pk=upload.pk, state=State.RUNNING, due_at=upload.due_at)


def _end(upload: GoodsImport, report: Report, state: str, *, error: str = "") -> None:
    error = CONTROL.sub("\ufffd", error)
    _ours(upload).update(
        state=state, due_at=None, rows=report.rows, total=report.rows, report=_kept(report), error=error
    )


def _kept(report: Report) -> dict[str, Any]:
    """The report for the database; a heading of a foreign file may hold what PostgreSQL does not."""
    kept = asdict(report)
    for problem in kept["problems"]:
        problem["column"] = CONTROL.sub("\ufffd", problem["column"])
    return kept


def marked_file(upload: GoodsImport) -> Iterator[bytes]:
    """The file as CSV with what is wrong with each row before it; taken in again, that column is left out."""
    wrong: dict[int, list[str]] = {}
    for problem in upload.report.get("problems", []):
        wrong.setdefault(problem["row"], []).append(f"{problem['column']}: {problem['message']}".removeprefix(": "))
    with content_of(upload) as content:
        table = _opened(upload, content)
        columns = [PROBLEM, *(name for name in table.columns if name and name != PROBLEM)]
        rows = ({**row.values, PROBLEM: "; ".join(wrong.get(row.number, ()))} for row in table.rows)
        yield from write_csv(columns, rows)
