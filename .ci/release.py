"""Makes a release of what stands here: `make release`, or RELEASE="django-fdfs-storage --tag".

release.py [GROUP]                      says what is missing, then builds and judges it in a work tree of its own; nothing changes here
release.py [GROUP] --tag [--next X.Y.Z] then makes the commit, its tag, and the commit that begins the next version; nothing is pushed
release.py --of TAG                     the packages that a tag publishes, one a line

A group is `shop`, the packages that have one number, or a package that has its own. The number is the `__version__` that stands there.
"""

import argparse
import posixpath
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from wheels import ROOT

ALONE = ("django-fdfs-storage", "alipay-simulator")
VERSION = re.compile(r'(?<=^__version__ = ")\d+\.\d+\.\d+(?="$)', re.M)
CORE = re.compile(r'(?<="dailyfresh-core ~= )\d+\.\d+\.\d+(?=")')
KINDS = ("mysql", "postgresql", "sqlite")
LINK = re.compile(r"(!?)(\[[^\]]*\])\((?!https?:|mailto:|#)([^)\s]+)\)")
NOTHING_NEW = "* Nothing but the number, which it has in common with the others."


class Release:
    """One group of packages in one tree of files."""

    def __init__(self, tree: Path, group: str) -> None:
        folders = sorted(path.parent for path in tree.glob("packages/*/pyproject.toml"))
        self.tree, self.group = tree, group
        self.folders = [each for each in folders if each.name == group or (group == "shop" and each.name not in ALONE)]
        self.sources = {folder: next(folder.glob("src/*/__init__.py")) for folder in self.folders}
        found = {match[0] for path in self.sources.values() if (match := VERSION.search(path.read_text()))}
        if len(found) != 1:
            sys.exit(f"release: {group} has not one number: {', '.join(sorted(found)) or 'none'}")
        [self.version] = found

    @property
    def tag(self) -> str:
        return f"v{self.version}" if self.group == "shop" else f"{self.group}-v{self.version}"

    def missing(self) -> Iterator[str]:
        """What somebody has to do first."""
        if self.git("tag", "--list", self.tag):
            yield f"the tag {self.tag} is there already"
        if not self.address():
            yield "git knows no remote `origin`: its address goes into the packages, as that of the project"
        heading = f"## {self.version} (unreleased)\n"
        for folder in self.folders:
            if heading not in (folder / "CHANGELOG.md").read_text():
                yield f"{folder.name}/CHANGELOG.md has no {heading.strip()!r}"
        if self.group == "shop":
            kept = self.tree / "example_project" / "tests" / "released" / self.version
            lacking = [kind for kind in KINDS if not (kept / kind / "database.gz").exists()]
            if lacking:
                yield f"no database of {self.version} is kept for {', '.join(lacking)}: make services keep"

    def address(self) -> str:
        """Of the repository, as a browser opens it."""
        url = self.git("remote", "get-url", "origin", check=False)
        url = re.sub(r"^(?:ssh://)?git@([^:/]+)[:/]", r"https://\1/", url).removesuffix(".git")
        return url if url.startswith("https://") else ""

    def conclude(self) -> None:
        """The number gets its day, and the packages the address of the project."""
        today = datetime.now(UTC).date().isoformat()
        for folder in self.folders:
            log, project = folder / "CHANGELOG.md", folder / "pyproject.toml"
            text = log.read_text().replace(f"## {self.version} (unreleased)\n", f"## {self.version} ({today})\n")
            said = text.partition(f"## {self.version} ")[2].partition("\n## ")[0].splitlines()[1:]
            if not any(said):
                text = text.replace(f"({today})\n", f"({today})\n\n{NOTHING_NEW}\n", 1)
            log.write_text(text)
            if "[project.urls]" not in (text := project.read_text()) and (home := self.address()):
                here = f"{home}/blob/{self.tag}/packages/{folder.name}"
                urls = f'Documentation = "{here}/README.md"\n"中文" = "{here}/README.zh-CN.md"\nChangelog = "{here}/CHANGELOG.md"\nSource = "{home}"\n'
                project.write_text(
                    text.replace("[tool.hatch.version]", f"[project.urls]\n{urls}\n[tool.hatch.version]")
                )
            else:  # the files of this tag
                project.write_text(re.sub(r"(?<=/blob/)[^/]+(?=/packages/)", self.tag, text))

        self.rewrite(self.from_the_index)

    def rewrite(self, change: Callable[[str, str], str]) -> None:
        """The pages that the index and others show: `change` takes a text and its folder."""
        for page in (page for folder in self.folders for page in folder.glob("README*.md")):
            page.write_text(change(page.read_text(), f"packages/{page.parent.name}"))

    def from_the_index(self, text: str, folder: str) -> str:
        """Links and pictures lead to the files of the tag, from wherever the text is read."""
        home = self.address()

        def absolute(link: re.Match[str]) -> str:
            kind = "raw" if link[1] else "blob"
            return f"{link[1]}{link[2]}({home}/{kind}/{self.tag}/{posixpath.normpath(f'{folder}/{link[3]}')})"

        return LINK.sub(absolute, text) if home else text

    def from_here(self, text: str, folder: str) -> str:
        """And to those that lie beside it again."""
        ours = re.compile(rf"(?<=\(){re.escape(self.address())}/(?:raw|blob)/{re.escape(self.tag)}/([^)]+)")
        return ours.sub(lambda link: posixpath.relpath(link[1], folder), text)

    def begin(self, following: str) -> None:
        """The number to come, wherever it stands."""
        self.rewrite(self.from_here)
        for folder, source in self.sources.items():
            source.write_text(VERSION.sub(following, source.read_text()))
            log = folder / "CHANGELOG.md"
            log.write_text(log.read_text().replace("\n## ", f"\n## {following} (unreleased)\n\n## ", 1))
        if self.group == "shop":
            store = self.tree / "example_project" / "pyproject.toml"
            store.write_text(re.sub(r'(?<=^version = ")[^"]+', following, store.read_text(), flags=re.M))
            for project in [store, *(folder / "pyproject.toml" for folder in self.folders)]:
                project.write_text(CORE.sub(following, project.read_text()))

    def commit(self, subject: str) -> None:
        self.git("commit", "--quiet", "--all", "--message", subject)

    def git(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(["git", *words], cwd=self.tree, check=check, stdout=subprocess.PIPE, text=True)
        return done.stdout.strip()


def next_of(version: str) -> str:
    """The next minor."""
    major, minor, _patch = version.split(".")
    return f"{major}.{int(minor) + 1}.0"


def made(release: Release, *, tag: bool, following: str) -> int:
    """Builds, judges, and tags if it shall; gives what a shell is told."""
    here = Release(ROOT, release.group)
    lacking = list(release.missing())
    if here.git("status", "--porcelain"):
        lacking.append("something here is not committed, and would not be in it")
    for sentence in lacking:
        print(f"release: {sentence}")
    if lacking and tag:
        return 1
    release.conclude()
    command = [sys.executable, release.tree / ".ci" / "dist.py", *(folder.name for folder in release.folders)]
    if subprocess.run(command, cwd=release.tree).returncode:
        return 1
    if not tag:
        print(f"release: {release.tag} of {len(release.folders)} packages was built and judged; nothing was tagged")
        return 1 if lacking else 0
    release.commit(f"Release {release.tag}")
    release.git("tag", "--annotate", release.tag, "--message", f"{release.group} {release.version}")
    release.begin(following)
    release.commit(f"Begin {following} of {release.group}")
    here.git("merge", "--quiet", "--ff-only", release.git("rev-parse", "HEAD"))
    print(f"release: {release.tag} is tagged. To publish it: git push origin HEAD {release.tag}")
    return 0


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("group", nargs="?", default="shop", choices=["shop", *ALONE])
    asked.add_argument("--tag", action="store_true")
    asked.add_argument("--next", dest="following")
    asked.add_argument("--of", metavar="TAG")
    given = asked.parse_args()
    if given.of:
        group = next((name for name in ALONE if given.of.startswith(name)), "shop")
        print("\n".join(folder.name for folder in Release(ROOT, group).folders))
        return 0
    with TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        subprocess.run(["git", "worktree", "add", "--quiet", "--detach", tree], cwd=ROOT, check=True)
        try:
            release = Release(tree, given.group)
            return made(release, tag=given.tag, following=given.following or next_of(release.version))
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", tree], cwd=ROOT, check=True)


if __name__ == "__main__":
    sys.exit(main())
