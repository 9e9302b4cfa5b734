"""Releases: a database of every version that was released comes up to date, and one command gives the packages their numbers."""

import importlib
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import kept
import pytest

ROOT = Path(__file__).resolve().parents[2]
CORE, STORAGE = "dailyfresh-core", "django-fdfs-storage"


@pytest.mark.parametrize("version", sorted(folder.name for folder in kept.RELEASED.iterdir()))
def test_a_database_of_a_released_version_comes_up_to_date_and_its_books_agree(version: str) -> None:
    done = subprocess.run([sys.executable, kept.__file__, version], capture_output=True, text=True)
    unreleased = "Not released yet? Then it is drawn anew: make keep (with make services)"
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\n{unreleased}"


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / ".ci"))
    return importlib.import_module("release")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """What a release reads and writes, in a repository of its own."""
    for pattern in ("pyproject.toml", "CHANGELOG.md", "README*.md", "src/*/__init__.py"):
        for path in [*ROOT.glob(f"packages/*/{pattern}"), ROOT / "example_project" / "pyproject.toml"]:
            target = tmp_path / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    shutil.copytree(kept.RELEASED, tmp_path / "example_project" / "tests" / "released")
    for words in (
        ("init", "--quiet"),
        ("config", "user.name", "A maintainer"),
        ("config", "user.email", "maintainer@dailyfresh.example"),
        ("remote", "add", "origin", "git@git.example:dailyfresh/dailyfresh.git"),
        ("add", "--all"),
        ("commit", "--quiet", "--message", "Begin"),
    ):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    return tmp_path


def test_the_present_version_lacks_nothing_for_a_release(command: ModuleType, tree: Path) -> None:
    for group in ("shop", *command.ALONE):
        assert list(command.Release(tree, group).missing()) == []


def test_a_release_names_what_is_missing(command: ModuleType, tree: Path) -> None:
    release = command.Release(tree, "shop")
    log = tree / "packages" / CORE / "CHANGELOG.md"
    log.write_text("# Changelog of dailyfresh-core\n")
    shutil.rmtree(tree / "example_project" / "tests" / "released" / release.version / "mysql")
    release.git("remote", "remove", "origin")
    release.git("tag", release.tag)
    said = "\n".join(release.missing())
    for word in ("there already", "no remote", f"{CORE}/CHANGELOG.md", "mysql"):
        assert word in said


def test_packages_of_the_shop_are_released_and_go_on_together_and_others_keep_their_number(
    command: ModuleType, tree: Path
) -> None:
    release, alone = command.Release(tree, "shop"), command.Release(tree, STORAGE)
    version = release.version
    log = tree / "packages" / CORE / "CHANGELOG.md"
    heading = f"## {version} (unreleased)\n"
    log.write_text(f"# Changelog of dailyfresh-core\n\n{heading}\n## 0.0.1 (2026-01-01)\n\n* First.\n")
    release.conclude()
    assert command.NOTHING_NEW in log.read_text()
    assert heading not in log.read_text()
    project = (tree / "packages" / CORE / "pyproject.toml").read_text()
    assert (
        f'Changelog = "https://git.example/dailyfresh/dailyfresh/blob/v{version}/packages/{CORE}/CHANGELOG.md"'
        in project
    )
    release.begin("7.8.9")
    release.commit("Begin 7.8.9")
    assert command.Release(tree, "shop").version == "7.8.9"
    assert "## 7.8.9 (unreleased)" in log.read_text()
    for folder in release.folders:
        text = (folder / "pyproject.toml").read_text()
        assert folder.name == CORE or '"dailyfresh-core ~= 7.8.9"' in text, folder.name
    assert command.Release(tree, STORAGE).version == alone.version
    assert STORAGE not in log.read_text()


def test_a_second_release_leads_to_its_own_files(command: ModuleType, tree: Path) -> None:
    for number in ("0.9.1", "0.9.2"):
        release = command.Release(tree, STORAGE)
        release.begin(number)
        command.Release(tree, STORAGE).conclude()
    project = (tree / "packages" / STORAGE / "pyproject.toml").read_text()
    assert f"/blob/{STORAGE}-v0.9.2/packages/{STORAGE}/CHANGELOG.md" in project
    assert "0.9.1" not in project


def test_links_and_pictures_of_a_release_lead_to_its_tag_and_those_of_the_next_to_what_lies_beside_them(
    command: ModuleType, tree: Path
) -> None:
    release = command.Release(tree, "shop")
    page = tree / "packages" / CORE / "README.md"
    before = "![a](../../docs/gallery/core.webp) [b](README.zh-CN.md) [c](#below) [d](https://django.example/)\n"
    page.write_text(before)
    release.conclude()
    home = "https://git.example/dailyfresh/dailyfresh"
    assert page.read_text() == (
        f"![a]({home}/raw/{release.tag}/docs/gallery/core.webp) "
        f"[b]({home}/blob/{release.tag}/packages/{CORE}/README.zh-CN.md) [c](#below) [d](https://django.example/)\n"
    )
    release.begin("7.8.9")
    assert page.read_text() == before


def test_a_package_that_was_left_behind_stops_a_release(command: ModuleType, tree: Path) -> None:
    path = tree / "packages" / CORE / "src" / "dailyfresh_core" / "__init__.py"
    path.write_text('__version__ = "0.0.9"\n')
    with pytest.raises(SystemExit, match="not one number"):
        command.Release(tree, "shop")
