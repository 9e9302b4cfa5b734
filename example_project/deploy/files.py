"""Renders the files of a deployment: one set of templates for a real host and for the stack on loopback."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from dailyfresh_users.views.login import DEVICE_COOKIE
from django.conf import settings
from django.template import Context, Engine

from .dashboard import dashboard

TEMPLATES = Path(__file__).with_name("templates") / "deploy"
FILES = {
    "nginx.conf": "nginx.conf",
    "away.html": "away.html",
    "away.json": "away.json",
    "nftables.conf": "nftables.conf",
    "logrotate": "logrotate.conf",
    "prometheus.yml": "prometheus.yml",
    "alarms.yml": "alarms.yml",
    "dailyfresh-web@.service": "web.service",
    "dailyfresh-worker.service": "worker.service",
    "dailyfresh-background.service": "background.service",
    "dailyfresh-beat.service": "beat.service",
    "dailyfresh-backup.service": "backup.service",
    "dailyfresh-backup.timer": "backup.timer",
    "dailyfresh.target": "dailyfresh.target",
    "compose.yaml": "compose.yaml",
    "Containerfile": "Containerfile",
}
"""Name of the rendered file -> its template; uwsgi's is rendered once for each instance."""

OPEN = 128
"""Requests of one address at once, whatever they ask for: as many as one connection of HTTP/2 may carry."""
SENDING = 4
"""Those of them to where 32 MB may be sent."""
ASKING, AT_ONCE = 100, 1000
"""Requests of one address a second, and how many more it may be ahead: an office that opens a page at the same instant."""
CONNECTIONS = 1024
"""Connections of one address, for the kernel to count: a sixteenth of what nginx holds."""


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """Where things are on the host; the defaults are a real one's."""

    site: str = "https://shop.example"
    project: Path = Path("/srv/dailyfresh/example_project")
    venv: Path = Path("/srv/dailyfresh/venv")
    var: Path = Path("/var/lib/dailyfresh")
    run: Path = Path("/run/dailyfresh")
    log: Path = Path("/var/log/dailyfresh")
    env_file: Path = Path("/etc/dailyfresh/env")
    certificate: Path = Path("/etc/dailyfresh/tls.crt")
    key: Path = Path("/etc/dailyfresh/tls.key")
    user: str = "dailyfresh"
    nginx_user: str = "www-data"
    http_port: int = 80
    https_port: int = 443
    instances: int = 2
    """Of uwsgi, each behind a socket in `run`."""
    counter_port: int = 8100
    """Of nginx's second server, on loopback: it gets whole requests from the first and limits what is worked on."""
    processes: int = 2
    threads: int = 2
    modules: tuple[str, ...] = ()
    """Paths of nginx's dynamic modules (brotli), where they are installed."""
    status: Path | None = None
    """Folder of a page that says what runs; the stack's."""
    mime_types: Path = Path("/etc/nginx/mime.types")
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def searches(self) -> int:
        """How many searches run at once: half of what answers, so that other pages always find somebody."""
        return max(1, self.instances * self.processes * self.threads // 2)

    @property
    def strangers(self) -> int:
        """Those of them that browsers without a cookie of the shop may have."""
        return max(1, self.searches // 2)

    @property
    def passwords(self) -> int:
        """How many browsers in which nobody signed in before may send a password at once: a quarter of what answers."""
        return max(1, self.searches // 2)

    @property
    def host(self) -> str:
        return urlsplit(self.site).hostname or ""


def security_headers() -> dict[str, str]:
    """The headers that Django's middleware sets, for the answers that nginx gives without it."""
    policy = "; ".join(f"{name} {' '.join(values)}" for name, values in settings.CSP.items())
    return {
        "Content-Security-Policy": policy,
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "Strict-Transport-Security": f"max-age={settings.SECURE_HSTS_SECONDS}",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
    }


def brotli_modules(folder: Path = Path("/usr/lib/nginx/modules")) -> tuple[str, ...]:
    """nginx's brotli modules, where Debian's packages put them."""
    found = tuple(str(folder / f"ngx_http_brotli_{kind}_module.so") for kind in ("filter", "static"))
    return found if all(Path(path).exists() for path in found) else ()


def render(deployment: Deployment, out: Path) -> list[Path]:
    """Write all files into `out`; gives their paths."""
    engine = Engine(dirs=[str(TEMPLATES)], autoescape=False)
    numbers = range(1, deployment.instances + 1)
    context = {
        **asdict(deployment),
        "numbers": numbers,
        "files": out.resolve(),
        "host": deployment.host,
        "host_name": settings.DAILYFRESH_GOODS.get("HOST_NAME", ""),
        "strangers": deployment.strangers,
        "guests": max(1, deployment.searches - deployment.strangers),
        "cookie": settings.CSRF_COOKIE_NAME,
        "newcomers": deployment.passwords,
        "returning": max(1, deployment.passwords // 2),
        "address": max(4, deployment.searches * 3 // 2),
        "share": max(1, deployment.strangers - 1),
        "open": OPEN,
        "sending": SENDING,
        "asking": ASKING,
        "at_once": AT_ONCE,
        "connections": CONNECTIONS,
        "device": DEVICE_COOKIE,
        "headers": deployment.headers or security_headers(),
    }
    out.mkdir(parents=True, exist_ok=True)

    def write(name: str, template: str, **more: object) -> Path:
        text = engine.get_template(template).render(Context({**context, **more}, autoescape=False))
        path = out / name
        path.write_text(text)
        return path

    written = [write(name, template) for name, template in FILES.items()]
    written += [write(f"uwsgi-{number}.ini", "uwsgi.ini", number=number) for number in numbers]
    (out / "dashboard.json").write_text(dashboard())
    return [*written, out / "dashboard.json"]
