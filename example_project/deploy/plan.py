"""Where the parts of one stack are: ports, folders, and what every program has to know."""

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from demo import services
from running.supervisor import apart, free_port

ROLES = ("carts", "cache", "broker")


@dataclass(frozen=True)
class Plan:
    """The ports and folders of one stack."""

    var: Path
    database: str
    site: str
    https_port: int
    http_port: int
    counter_port: int
    database_port: int
    redis_ports: dict[str, int]
    mail_port: int
    backing: services.Demo
    """FastDFS and the simulator, as the demo runs them."""
    instances: int = 2
    """Of uwsgi."""
    detours: dict[str, int] = field(default_factory=dict)
    """What backs the store ("database", and Redis by role) -> another port that the store reaches it by."""

    def port_of(self, part: str) -> int:
        """The port at which the store looks for what backs it."""
        return self.detours.get(part) or self.behind(part)

    def behind(self, part: str) -> int:
        """The port at which it is."""
        return self.database_port if part == "database" else self.redis_ports[part]

    @property
    def run(self) -> Path:
        return self.var / "run"

    @property
    def environ(self) -> dict[str, str]:
        """What every program of the stack has to know."""
        redis = {role: f"redis://127.0.0.1:{self.port_of(role)}/0" for role in ROLES}
        kept = {key: value for key, value in self.backing.environ.items() if key.startswith(("FASTDFS", "ALIPAY"))}
        return {
            **kept,
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
            "SECRET_KEY": kept_secret(self.var / "secret_key"),
            "SITE_URL": self.site,
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "TRUSTED_PROXIES": "127.0.0.1",
            "REDIS_URL": redis["carts"],
            "CACHE_URL": redis["cache"],
            "BROKER_URL": redis["broker"],
            "DRAIN_SECONDS": "5",
            "FASTDFS_DATA": str(self.var / "fastdfs"),
            "VAR_DIR": str(self.var),
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail_port}",
            "ALLOW_LOOPBACK_SIMULATOR": "True",
        }


def kept_secret(path: Path) -> str:
    """A key that is drawn once and outlives restarts."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


def plan(*, var: Path, port: int, database: str, detour: bool = False) -> Plan:
    """Chooses the ports: the usual ones where they are free."""
    further = apart(port)
    return Plan(
        var=var,
        database=database,
        site=f"https://127.0.0.1:{port}",
        https_port=port,
        http_port=free_port(8080 + further),
        counter_port=free_port(8100 + further),
        database_port=free_port(23306 + further),
        redis_ports={role: free_port(26379 + n + further) for n, role in enumerate(ROLES)},
        mail_port=free_port(8025 + further),
        backing=services.plan(var=var, host="127.0.0.1", port=port, environ={}),
        detours={part: free_port(24400 + n + further) for n, part in enumerate(("database", *ROLES))} if detour else {},
    )
