"""Many threads and large files: no wrong byte, constant memory. `pytest -m prove` runs the long forms."""

import os
import random
import subprocess
import sys
import textwrap
import threading
import zlib

import pytest
from django_fdfs_storage.client import FastDFSClient
from django_fdfs_storage.exceptions import NoSuchFile


def hammer(tracker: str, *, threads: int, operations: int) -> None:
    """Random operations of every kind over one client; each read is compared byte by byte."""
    client = FastDFSClient([tracker], max_connections=8, network_timeout=30)
    wrong: list[object] = []

    def work(seed: int) -> None:
        chance = random.Random(seed)
        mine: dict[str, bytes] = {}
        try:
            for _ in range(operations):
                step = chance.randrange(6) if mine else 0
                name = chance.choice(list(mine)) if mine else ""
                content = mine.get(name, b"")
                if step == 0:
                    content = chance.randbytes(chance.choice((0, 1, 100, 10_000, 100_000)))
                    mine[client.upload(content, extension="bin")] = content
                elif step == 1:
                    assert client.download(name) == content
                elif step == 2:
                    start, length = chance.randrange(len(content) + 1), chance.randrange(1, 5000)
                    assert client.download(name, offset=start, length=length) == content[start : start + length]
                elif step == 3:
                    assert client.info(name).size == len(content)
                elif step == 4:
                    assert client.checksum(name).crc32 == zlib.crc32(content)
                else:
                    client.delete(name)
                    del mine[name]
                    with pytest.raises(NoSuchFile):
                        client.download(name)
            for name, content in mine.items():
                assert client.download(name) == content
                client.delete(name)
        except BaseException as error:
            wrong.append(error)
            raise

    workers = [threading.Thread(target=work, args=(random.getrandbits(64),)) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    client.close()
    assert wrong == []


def test_threads_mix_operations_without_a_wrong_byte(tracker):
    hammer(tracker, threads=16, operations=40)


@pytest.mark.prove
def test_sixteen_threads_do_a_thousand_operations_each_without_a_wrong_byte(tracker):
    hammer(tracker, threads=16, operations=1000)


MEMORY = textwrap.dedent("""
    import sys, tempfile, zlib
    from pathlib import Path
    import django
    from django.conf import settings

    settings.configure(FDFS_STORAGE={"TRACKERS": [sys.argv[1]]})
    django.setup()
    from django.core.files.base import File
    from django_fdfs_storage.storage import FastDFSStorage

    def peak():  # what getrusage says begins with what pytest had taken, and would hide all growth below it
        return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) * 1024

    megabytes = int(sys.argv[2])
    storage = FastDFSStorage()
    storage.open(storage.save("warm.bin", File(tempfile.TemporaryFile()))).close()
    with tempfile.TemporaryFile() as source:
        block, crc32 = bytes(range(256)) * 4096, 0
        for number in range(megabytes):
            piece = number.to_bytes(8, "big") + block[8:]
            source.write(piece)
            crc32 = zlib.crc32(piece, crc32)
        start = peak()
        name = storage.save("large.bin", File(source))
        saved = peak()
    read = 0
    with storage.open(name) as file:
        for chunk in file.chunks():
            read = zlib.crc32(chunk, read)
    assert read == crc32, "another content came back"
    storage.delete(name)
    print(saved - start, peak() - saved)
""")


def growth(tracker: str, megabytes: int) -> list[int]:
    """Bytes that a process of its own grew by while saving and while reading."""
    result = subprocess.run(
        [sys.executable, "-c", MEMORY, tracker, str(megabytes)], capture_output=True, text=True, env=os.environ
    )
    assert result.returncode == 0, result.stderr
    return [int(word) for word in result.stdout.split()]


def test_a_file_of_40_mb_is_saved_and_read_in_little_memory(tracker):
    assert max(growth(tracker, 40)) < 8 << 20


@pytest.mark.prove
def test_a_file_of_200_mb_is_saved_and_read_in_little_memory(tracker):
    assert max(growth(tracker, 200)) < 32 << 20
