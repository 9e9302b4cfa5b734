"""Home, list and detail at three sizes of catalogue: `make bench-goods`.

    python -m bench [--sizes 60,10000,100000] [--seconds 2] [--rounds 3]

Needs DATABASE_URL (MariaDB), REDIS_URL, and the programs wrk, nginx and uwsgi. Every figure is the median of the rounds;
the rounds of all pages take turns, so that a machine that slows down slows all of them. Django runs in two uwsgi
processes behind the same nginx, asked over 8 connections, nginx alone over 32. "static" is nginx serving the
written page, "nginx's own" nginx serving a file of the same size from a plain folder, "warm" a page out of Redis,
"rebuilt" a page made anew with its counts and boundaries cached, "cold" with nothing cached, "bare" a view that
answers bytes out of memory behind the same middleware.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dailyfresh_core.testing import own_database

HERE = Path(__file__).resolve().parent
NGINX = """
worker_processes 2;
daemon off;
error_log {folder}/nginx.log;
pid {folder}/nginx.pid;
events {{ worker_connections 512; }}
http {{
  access_log off;
  default_type text/html;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  gzip_static on;
  server {{
    listen 127.0.0.1:{port};
    location /plain/ {{ root {folder}; try_files $uri =404; }}
    location / {{ root {folder}/pages/current; try_files ${{uri}}index.html =404; }}
  }}
  server {{
    listen 127.0.0.1:{app};
    location / {{
      uwsgi_pass unix:{folder}/app.sock;
      uwsgi_param QUERY_STRING $query_string; uwsgi_param REQUEST_METHOD $request_method;
      uwsgi_param CONTENT_TYPE $content_type; uwsgi_param CONTENT_LENGTH $content_length;
      uwsgi_param REQUEST_URI $request_uri; uwsgi_param PATH_INFO $document_uri;
      uwsgi_param SERVER_PROTOCOL $server_protocol; uwsgi_param REQUEST_SCHEME $scheme;
      uwsgi_param REMOTE_ADDR $remote_addr; uwsgi_param SERVER_PORT $server_port; uwsgi_param SERVER_NAME $server_name;
    }}
  }}
}}
"""


@dataclass
class Target:
    """What is asked for, and what came of it in each round."""

    name: str
    paths: list[str]
    server: str = "app"
    wish: str = ""
    rounds: list[dict[str, float]] = field(default_factory=list)

    def median(self, key: str) -> float:
        return statistics.median(found[key] for found in self.rounds)


def targets(size: int) -> list[Target]:
    details = [f"/goods/{pk}/" for pk in range(1, min(size, 50) + 1)]
    near = [f"/list/type-0/price/{page}/" for page in range(1, 11)] if size >= 600 else ["/list/type-0/price/1/"]
    pages = {"home": ["/"], "list 1": ["/list/type-0/"], "list 1-10": near, "detail": details}
    if size >= 6000:
        pages["list 100"] = ["/list/type-0/price/100/"]
    found = [
        Target("nginx's own", ["/plain/index.html"], "nginx"),
        *(Target(f"static {name}", pages[name], "nginx") for name in ("home", "list 1", "detail")),
        *(Target(f"bare {size // 1024} KB", [f"/bare/{size}/"]) for size in (1024, 6144, 40960)),
        *(Target(f"warm {name}", paths) for name, paths in pages.items()),
    ]
    for wish, name in (("fresh", "rebuilt"), ("uncached", "cold")):
        found += [Target(f"{name} {page}", paths, wish=wish) for page, paths in pages.items()]
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit(f"nothing answers on port {port}")


def measure(target: Target, port: int, seconds: int, connections: int) -> dict[str, float]:
    environment = os.environ | {"BENCH_PATHS": " ".join(target.paths), "BENCH_WISH": target.wish}
    command = [
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{seconds}s",
        "-s",
        str(HERE / "paths.lua"),
        f"http://127.0.0.1:{port}",
    ]
    out = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    found: dict[str, float] = json.loads(out.strip().splitlines()[-1])
    if found["errors"]:
        sys.exit(f"{target.name}: {found['errors']:.0f} errors\n{out}")
    return found


def run(size: int, options: argparse.Namespace) -> dict[str, Target]:
    database = ExitStack()
    address = database.enter_context(own_database(os.environ["DATABASE_URL"], f"goods_bench_{os.getpid()}_{size}"))
    folder = Path(tempfile.mkdtemp(prefix="goods-bench-"))
    folder.chmod(0o755)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "bench.site",
        "BENCH_DIR": str(folder),
        "BENCH_DATABASE": address,
    }
    running: list[subprocess.Popen[bytes]] = []
    try:
        subprocess.run([sys.executable, "-m", "bench.prepare", str(size)], cwd=HERE.parent, env=environment, check=True)
        page = folder / "pages" / "current" / "list" / "type-0"
        (folder / "plain").mkdir()
        for ending in ("", ".gz"):  # a file of the same size, where nginx has nothing to look for
            shutil.copy(page / f"index.html{ending}", folder / "plain" / f"index.html{ending}")
        ports = {"app": free_port(), "nginx": free_port()}
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=ports["nginx"], app=ports["app"]))
        uwsgi = Path(sys.prefix, "bin", "uwsgi")
        running = [
            subprocess.Popen(
                [
                    str(uwsgi) if uwsgi.exists() else "uwsgi", "--socket", str(folder / "app.sock"), "--chmod-socket=666", "--module", "bench.wsgi:application",
                    "--master", "--processes", "2", "--disable-logging", "--need-app", "--virtualenv", sys.prefix, "--listen", "128",
                ],
                cwd=HERE.parent, env=environment, stdout=subprocess.DEVNULL, stderr=(folder / "uwsgi.log").open("wb"),
            ),
            subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)]),
        ]  # fmt: skip
        for port in ports.values():
            wait_for(port)
        while not (folder / "app.sock").exists():
            time.sleep(0.1)
        time.sleep(2)  # uwsgi listens before it has loaded the site
        wanted = targets(size)
        for target in wanted:  # once round, so that every page is warm
            measure(target, ports[target.server], 1, 2)
        for _ in range(options.rounds):
            for target in wanted:
                connections = 32 if target.server == "nginx" else 8
                target.rounds.append(measure(target, ports[target.server], options.seconds, connections))
    finally:
        for process in running:
            process.send_signal(signal.SIGQUIT)
            process.wait(20)
        database.close()
        shutil.rmtree(folder, ignore_errors=True)
    return {target.name: target for target in wanted}


def table(size: int, found: dict[str, Target]) -> None:
    print(f"\n{size} SKUs\n{'':22}{'req/s':>9}{'p50 ms':>9}{'p95 ms':>9}{'bytes':>9}")
    for name, target in found.items():
        row = (target.median("rate"), target.median("p50"), target.median("p95"), target.median("bytes"))
        print(f"{name:22}{row[0]:9.0f}{row[1]:9.2f}{row[2]:9.2f}{row[3]:9.0f}")


def verdicts(results: dict[int, dict[str, Target]]) -> None:
    print("\nAims")
    for size, found in results.items():
        own = found["nginx's own"].median("rate")
        for name in ("home", "list 1", "detail"):
            tell(f"{size}: static {name} of nginx's own", found[f"static {name}"].median("rate") / own, 0.9, more=True)
        for name in ("home", "list 1", "detail"):
            ratio = found[f"warm {name}"].median("rate") / found["bare 1 KB"].median("rate")
            tell(f"{size}: warm {name} of the bare view", ratio, 0.5, more=True)
    small, large = min(results), max(results)
    if small < large:
        for kind in ("warm", "rebuilt", "cold"):
            base = results[small][f"{kind} list 1-10"].median("p95")
            tell(
                f"{kind} list 1-10, p95 at {large} of {small}",
                results[large][f"{kind} list 1-10"].median("p95") / base,
                1.5,
            )
            if f"{kind} list 100" in results[large]:
                tell(
                    f"{kind} list 100, p95 at {large} of {small}",
                    results[large][f"{kind} list 100"].median("p95") / base,
                    3,
                )


def tell(what: str, ratio: float, aim: float, *, more: bool = False) -> None:
    good = ratio >= aim if more else ratio <= aim
    print(f"  {what:52}{ratio:6.2f}  (aim {'>=' if more else '<='} {aim})  {'yes' if good else 'NO'}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sizes", default="60,10000,100000")
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    missing: list[Any] = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
    missing += [name for name in ("wrk", "nginx") if shutil.which(name) is None]
    if missing:
        sys.exit(f"bench-goods needs {', '.join(missing)}")
    results = {}
    for size in sorted(map(int, options.sizes.split(","))):
        results[size] = run(size, options)
        table(size, results[size])
    verdicts(results)


if __name__ == "__main__":
    main()
