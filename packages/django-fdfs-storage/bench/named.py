"""What names cost: a save, a URL and a question beside the storage without names, in turns.

On SQLite unless DATABASE_URL names a server. The two storages save by turns, one file each, in three ways: a row of a model with its
file in a transaction of its own, as a view or the admin saves it; many files in one transaction, as a command does; and a file alone,
where the commit of the database is added. The ratio is that of the fastest tenth of each side, which other work on the machine
disturbs least; beside it the median of the pairs, and the processor time that the name adds in this process.
"""

import os
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from statistics import median, quantiles

import django
from django.core.files.base import ContentFile
from django.db import transaction
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minisite.settings")

# So many pairs of saves share a transaction.
MANY = 25
FILE_ID = "group1/M00/00/00/fwAAAWsDvrATgGbABDI4MZvhSc935.jpg"


def file_alone(storage, name: str, content: ContentFile) -> None:
    """Save a file and nothing else."""
    storage.save(name, content)


def row_with_file(storage, name: str, content: ContentFile) -> None:
    """Save a row that refers to the file."""
    from minisite.models import Picture

    field = Picture._meta.get_field("file")
    field.storage = storage
    content.name = name
    with transaction.atomic():
        Picture.objects.create(title="cat", file=content)


def timed(save: Callable[..., None], *arguments) -> tuple[float, float]:
    """Seconds that a save takes: of the clock, and of this process's processor."""
    clock, processor = time.perf_counter(), time.process_time()
    save(*arguments)
    return time.perf_counter() - clock, time.process_time() - processor


def compare(what: str, save: Callable[..., None], storages, size: int, *, pairs: int, together: bool = False) -> str:
    """Save by turns on the storage without names and the one with, and say what names cost."""
    content, rows = os.urandom(size), []
    for start in range(0, pairs, MANY):
        with transaction.atomic() if together else nullcontext():
            for number in range(start, start + MANY):
                taken = {}
                for storage in storages if number % 2 else storages[::-1]:
                    name = f"bench/{what.replace(' ', '-')}/{size}/{number}.bin"
                    taken[storage] = timed(save, storage, name, ContentFile(content))
                rows.append([taken[storage] for storage in storages])
    nameless, named = (quantiles([row[side][0] for row in rows], n=10)[0] for side in (0, 1))
    added = median(row[1][1] - row[0][1] for row in rows)
    pair = median(row[1][0] / row[0][0] for row in rows)
    return (
        f"{what}, {size // 1024:,} KB: nameless {nameless * 1e3:.2f} ms, named {named * 1e3:.2f} ms, "
        f"{named / nameless:.2f} x (median pair {pair:.2f}), {added * 1e3:.2f} ms of processor time added"
    )


def in_processor_time(work, count: int = 2000) -> float:
    """How often `work()` runs in a second of the processor: other work on the machine does not count."""
    rates = []
    for _ in range(9):
        start = time.process_time()
        for _ in range(count):
            work()
        rates.append(count / (time.process_time() - start))
    return median(rates)


def report(address: str, *, slices: int, seconds: float) -> None:
    """Print what names cost."""
    django.setup()
    from django.conf import settings
    from django.db import connection
    from django_fdfs_storage.named.storage import NamedFastDFSStorage
    from django_fdfs_storage.storage import FastDFSStorage

    settings.FDFS_STORAGE = {"TRACKERS": [address]}
    databases = setup_databases(verbosity=0, interactive=False)
    storages = nameless, named = FastDFSStorage(), NamedFastDFSStorage()
    print(f"names on {connection.vendor}, load {os.getloadavg()[0]:.1f}")
    pairs = max(MANY, int(slices * seconds * 50))
    for size in (10 * 1024, 1024 * 1024):
        print(compare("row with its file", row_with_file, storages, size, pairs=pairs), flush=True)
        print(
            compare("file in a transaction of many", file_alone, storages, size, pairs=pairs, together=True), flush=True
        )
        print(compare("file alone", file_alone, storages, size, pairs=pairs), flush=True)
    name = named.save("bench/asked.bin", ContentFile(b"content"))
    named.url(name)
    print(f"url that is remembered: {in_processor_time(lambda: named.url(name)):,.0f}/s of processor time")
    print(f"url of a file id: {in_processor_time(lambda: nameless.url(FILE_ID)):,.0f}/s")
    with CaptureQueriesContext(connection) as queries:
        named.exists(name)
    print(f"exists: {len(queries)} statement, {in_processor_time(lambda: named.exists(name), 200):,.0f}/s")
    teardown_databases(databases, verbosity=0)
