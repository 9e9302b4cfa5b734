"""What is installed: the lock files fit what is asked for, and every licence is known."""

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "lock").glob("*.txt"))
PROJECTS = [*ROOT.glob("packages/*/pyproject.toml"), ROOT / "example_project" / "pyproject.toml"]
FAMILIES = ("BSD", "MIT", "Apache", "LGPL", "GPL", "PSF")
ASKING = {"mysqlclient", "psycopg", "psycopg-binary", "uwsgi"}
"""What is under a licence that asks something of whoever passes it on."""


def locked(name: str) -> dict[str, set[str]]:
    """Package -> the versions that a lock file names: several where they differ by the Python."""
    found: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([\w.-]+)==([^ ]+)", (ROOT / "lock" / f"{name}.txt").read_text(), re.M):
        found.setdefault(package, set()).add(version)
    return found


def asked() -> Iterator[tuple[str, Requirement]]:
    """Every requirement of every project, extras and all, but for those on each other."""
    own = {canonicalize_name(tomllib.loads(path.read_text())["project"]["name"]) for path in PROJECTS}
    for path in PROJECTS:
        project = tomllib.loads(path.read_text())["project"]
        for text in [*project["dependencies"], *sum(project.get("optional-dependencies", {}).values(), [])]:
            if canonicalize_name(Requirement(text).name) not in own:
                yield path.parent.name, Requirement(text)


def licences() -> dict[str, tuple[str, str]]:
    """Package -> its licence, and what installs it, as docs/licences.md says."""
    rows = re.findall(
        r"^\| (\S+) \| (.+) \| ((?:demo|stack|, )+) \|$", (ROOT / "docs" / "licences.md").read_text(), re.M
    )
    return {package: (licence, by) for package, licence, by in rows}


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_a_lock_file_has_a_hash_for_everything_and_names_no_index(path: Path) -> None:
    pinned = re.findall(r"^[\w.-]+==.*?(?=^\S|\Z)", path.read_text(), re.M | re.S)
    assert pinned
    assert [each for each in pinned if "--hash=sha256:" not in each] == []
    assert "://" not in path.read_text()


def test_what_the_projects_ask_for_is_locked_in_a_version_that_they_allow() -> None:
    everything = locked("ci") | {"django": locked("stack")["django"]}
    missing = [
        f"{project}: {requirement}"
        for project, requirement in asked()
        if not any(requirement.specifier.contains(v) for v in everything.get(canonicalize_name(requirement.name), ()))
    ]
    assert missing == [], "make lock"


def test_demo_and_stack_are_locked_to_what_ci_has_run() -> None:
    for name in ("demo", "stack", "test", "uv"):
        assert {k: v for k, v in locked(name).items() if k != "django" and not v <= locked("ci").get(k, set())} == {}, (
            name
        )


def test_every_licence_is_listed_with_what_installs_it() -> None:
    by = {
        package: ", ".join(name for name in ("demo", "stack") if package in locked(name))
        for package in {**locked("demo"), **locked("stack")}
    }
    assert {package: where for package, (_licence, where) in licences().items()} == by


def test_a_listed_licence_is_what_the_package_says_of_itself() -> None:
    for package, (licence, _by) in licences().items():
        try:
            said = metadata(package)
        except PackageNotFoundError:
            continue  # belongs to another system or is not in this environment
        texts = [
            said.get("License-Expression") or "",
            *(said.get_all("Classifier") or []),
            (said.get("License") or "")[:200],
        ]
        own = " ".join(text for text in texts if not text.startswith(("Framework", "Programming")))
        assert any(family in licence and family in own for family in FAMILIES) or licence in own, (
            package,
            licence,
            own,
        )


def test_nothing_that_asks_something_of_others_is_required_by_a_package() -> None:
    assert {package for package, (licence, _by) in licences().items() if "GPL" in licence} == ASKING
    required = {canonicalize_name(requirement.name) for project, requirement in asked() if project != "example_project"}
    assert required & ASKING == set()
    store = tomllib.loads((ROOT / "example_project" / "pyproject.toml").read_text())["project"]["dependencies"]
    assert {canonicalize_name(Requirement(text).name) for text in store} & ASKING == set()
