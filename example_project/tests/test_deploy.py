"""What `render_deploy` writes, held against the programs that will read it; and the stack that runs on it."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from deploy import certificate
from deploy.dashboard import PANELS
from deploy.files import Deployment, brotli_modules, render
from deploy.system import PATH
from django.test import Client

PROJECT = Path(__file__).resolve().parents[1]
HEADERS = {"X-Frame-Options": "DENY"}
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "s" * 60 + "ecret",
    "SITE_URL": "https://shop.example",
}


def program(name: str) -> str:
    found = shutil.which(name, path=PATH)
    if found is None:
        pytest.skip(f"needs {name}")
    return found


def manage(*args: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    clean = {key: value for key, value in os.environ.items() if not key.endswith("_URL")}
    command = [sys.executable, "manage.py", *args]
    return subprocess.run(command, cwd=PROJECT, env={**clean, **environ}, capture_output=True, text=True)


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    """A deployment whose folders are those of this test."""
    for folder in ("nginx", "log", "run", "pages/current", "static"):
        (tmp_path / folder).mkdir(parents=True)
    certificate.make(tmp_path / "tls.crt", tmp_path / "tls.key")
    return Deployment(
        venv=Path(sys.prefix),
        project=PROJECT,
        var=tmp_path,
        run=tmp_path / "run",
        log=tmp_path / "log",
        certificate=tmp_path / "tls.crt",
        key=tmp_path / "tls.key",
        user="root",
        nginx_user="",
        http_port=18080,
        https_port=18443,
        modules=brotli_modules(),
        headers=HEADERS,
    )


def test_nginx_takes_its_file_without_a_warning(deployment: Deployment, tmp_path: Path) -> None:
    nginx = program("nginx")
    if not deployment.mime_types.exists():
        pytest.skip("needs nginx's mime.types")
    render(deployment, tmp_path / "out")
    command = [nginx, "-t", "-c", str(tmp_path / "out" / "nginx.conf"), "-p", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr.replace('the "user" directive', "")


def test_searches_never_hold_more_than_half_of_what_answers(tmp_path: Path) -> None:
    for deployment, strangers, guests in (
        (Deployment(headers=HEADERS), 2, 2),
        (Deployment(instances=1, processes=3, headers=HEADERS), 1, 2),
        (Deployment(instances=1, processes=1, threads=1, headers=HEADERS), 1, 1),
    ):
        render(deployment, tmp_path)
        text = (tmp_path / "nginx.conf").read_text()
        assert f"limit_conn strangers {strangers};" in text
        assert f"limit_conn guests {guests};" in text


def test_passwords_that_are_tried_never_hold_what_pages_need(tmp_path: Path) -> None:
    deployment = Deployment(headers=HEADERS)
    render(deployment, tmp_path)
    text = (tmp_path / "nginx.conf").read_text()
    assert "limit_conn address 6;" in text
    held = re.findall(r"limit_conn (?:strangers|guests|newcomers|returning) (\d+);", text)
    answering = deployment.instances * deployment.processes * deployment.threads
    assert sorted(map(int, held)) == [1, 2, 2, 2]
    assert sum(map(int, held)) < answering
    assert set(re.findall(r"limit_conn (?:searching|signing|queried) (\d+);", text)) == {"1"}  # of one address


def test_systemd_knows_every_line_of_the_units(deployment: Deployment, tmp_path: Path) -> None:
    analyze = program("systemd-analyze")
    render(deployment, tmp_path / "out")
    for name in (
        "web@.service",
        "worker.service",
        "background.service",
        "beat.service",
        "backup.service",
        "backup.timer",
    ):
        unit = tmp_path / "out" / f"dailyfresh-{name}"
        # The programs of this test's environment may be missing, and that is an error of systemd's.
        text = re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={sys.executable}", unit.read_text())
        unit.write_text(text)
        done = subprocess.run([analyze, "verify", str(unit)], capture_output=True, text=True)
        said = [line for line in done.stderr.splitlines() if "dailyfresh" in line]
        assert said == [], done.stderr


def test_what_nobody_waits_for_gives_way_to_the_shop(deployment: Deployment, tmp_path: Path) -> None:
    render(deployment, tmp_path / "out")
    units = {
        name: (tmp_path / "out" / f"dailyfresh-{name}.service").read_text() for name in ("background", "worker", "web@")
    }
    assert {name: re.findall(r"^CPUWeight=(\d+)", unit, re.M) for name, unit in units.items()} == {
        "background": ["10"],
        "worker": [],
        "web@": [],
    }
    assert (
        "cpu_shares: 102"
        in (tmp_path / "out" / "compose.yaml").read_text().partition("background:")[2].partition("beat:")[0]
    )


def test_logrotate_takes_its_file(deployment: Deployment, tmp_path: Path) -> None:
    logrotate = program("logrotate")
    render(deployment, tmp_path / "out")
    command = [logrotate, "-d", "-s", str(tmp_path / "state"), str(tmp_path / "out" / "logrotate")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr


def test_the_kernel_takes_the_rules_that_bound_the_connections_of_one_address(
    deployment: Deployment, tmp_path: Path
) -> None:
    """Half TLS handshakes of two addresses kept out 55 of 74 others: nginx counts requests, and these never make one."""
    nft = program("nft")
    render(deployment, tmp_path / "out")
    rules = tmp_path / "out" / "nftables.conf"
    assert "tcp dport { 18080, 18443 } ct state new" in rules.read_text()
    done = subprocess.run([nft, "-c", "-f", str(rules)], capture_output=True, text=True)
    if "Operation not permitted" in done.stderr:
        pytest.skip("only root asks the kernel")
    assert done.returncode == 0, done.stderr


def test_prometheus_takes_the_alarms_and_every_query_of_the_dashboard(deployment: Deployment, tmp_path: Path) -> None:
    promtool = program("promtool")
    render(deployment, tmp_path / "out")
    queries = [query for _title, _unit, asked in PANELS for query in asked.values()]
    rules = [{"record": f"panel:{number}", "expr": query} for number, query in enumerate(queries)]
    (tmp_path / "out" / "panels.yml").write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    for command in (["config", "prometheus.yml"], ["rules", "panels.yml"]):
        done = subprocess.run([promtool, "check", *command], cwd=tmp_path / "out", capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.django_db
def test_alarms_and_dashboard_ask_for_what_the_shop_counts(
    deployment: Deployment, tmp_path: Path, client: Client
) -> None:
    render(deployment, tmp_path / "out")
    asked = (tmp_path / "out" / "alarms.yml").read_text() + (tmp_path / "out" / "dashboard.json").read_text()
    shown = client.get("/metrics").content.decode() + client.get("/metrics/shop").content.decode()
    counted = set(re.findall(r"^# TYPE (\w+)", shown, re.M))
    names = {re.sub(r"_bucket$", "", name) for name in re.findall(r"\bdailyfresh_\w+", asked)}
    assert names
    assert names <= counted


def test_the_compose_file_names_only_what_it_defines(deployment: Deployment, tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    render(deployment, tmp_path / "out")
    composed = yaml.safe_load((tmp_path / "out" / "compose.yaml").read_text())
    services, volumes = composed["services"], composed["volumes"]
    assert {
        "web1",
        "web2",
        "worker",
        "background",
        "beat",
        "nginx",
        "database",
        "redis",
        "cache",
        "broker",
    } == services.keys()
    for service in services.values():
        assert set(service.get("depends_on", ())) <= services.keys()
        named = {volume.partition(":")[0] for volume in service.get("volumes", ()) if not volume.startswith((".", "/"))}
        assert named <= volumes.keys()


def test_every_instance_of_uwsgi_has_a_file_of_its_own(deployment: Deployment, tmp_path: Path) -> None:
    written = {path.name: path.read_text() for path in render(deployment, tmp_path / "out")}
    sockets = [re.search(r"^socket = (\S+)", written[f"uwsgi-{n}.ini"], re.M) for n in (1, 2)]
    assert [found and found[1] for found in sockets] == [f"{deployment.run}/uwsgi-{n}.new" for n in (1, 2)]
    assert re.findall(r"server unix:(\S+)", written["nginx.conf"]) == [
        f"{deployment.run}/uwsgi-{n}.sock" for n in (1, 2)
    ]
    for name in ("alarms.yml", "dashboard.json"):  # Prometheus and Grafana have templates of their own
        del written[name]
    assert all("{{" not in text and "{%" not in text for text in written.values())


def test_static_pages_carry_the_headers_that_django_would_set(tmp_path: Path) -> None:
    done = manage("render_deploy", "--out", str(tmp_path), **PRODUCTION)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "nginx.conf").read_text()
    for header in ("Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options"):
        assert f"add_header {header} " in text
    assert "server_name shop.example;" in text


def test_every_variable_of_the_settings_stands_in_the_example_and_the_reverse() -> None:
    sources = [
        PROJECT / "config" / "settings" / f"{name}.py"
        for name in ("environment", "base", "redis", "packages", "production")
    ]
    sources += [PROJECT / "celery_tasks" / "tasks.py", PROJECT / "store" / "tracing.py"]
    text = "\n".join(path.read_text() for path in sources)
    read = set(re.findall(r"\benv(?:\.\w+)?\(\s*\"([A-Z_]+)\"", text)) | set(
        re.findall(r"environ\.get\(\"([A-Z_]+)\"", text)
    )
    said = set(re.findall(r"^#?([A-Z_]+)=", (PROJECT / ".env.example").read_text(), re.M))
    assert said - {"DJANGO_SETTINGS_MODULE"} == read


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SITE_URL": "http://shop.example"}, "SITE_URL must be the https address"),
    ],
)
def test_a_deployment_without_its_values_is_refused_in_words(environ: dict[str, str], sentence: str) -> None:
    done = manage("check", **{**PRODUCTION, **environ})
    assert done.returncode != 0
    assert sentence in done.stderr


def test_a_deployment_is_told_what_it_switches_off() -> None:
    assert "deploy.W" not in manage("check", **PRODUCTION).stderr
    assert "deploy.W001" in manage("check", **PRODUCTION, CONN_MAX_AGE="0").stderr


def test_postgresql_that_must_not_hang_waits_for_a_row_no_longer_than_before() -> None:
    environ = {**os.environ, **PRODUCTION, "DATABASE_URL": "postgresql://a:b@127.0.0.1/shop", "DATABASE_SECONDS": "10"}
    program = "from config.settings.production import DATABASES as d; print(d['default']['OPTIONS']['options'])"

    said = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, env=environ, capture_output=True, text=True)

    assert said.stdout.split() == ["-c", "lock_timeout=5s", "-c", "statement_timeout=10000"], said.stderr


def test_the_certificate_is_made_once_and_its_key_is_nobodys_business(tmp_path: Path) -> None:
    crt, key = tmp_path / "tls.crt", tmp_path / "tls.key"
    certificate.make(crt, key)
    first = crt.read_bytes()
    certificate.make(crt, key)
    assert crt.read_bytes() == first
    assert key.stat().st_mode & 0o077 == 0
