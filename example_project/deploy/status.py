"""A page that says what runs, written once everything does; nginx shows it at /stack/."""

import subprocess
from datetime import datetime
from html import escape
from pathlib import Path

from running.supervisor import Program

PAGE = """<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>The stack</title></head>
  <body>
    <h1>What runs at <a href="{site}/">{site}</a></h1>
    <table>
      <tr><th>part</th><th>process</th><th>at</th><th>command</th></tr>
{rows}
    </table>
    <p>Started {when}.</p>
  </body>
</html>
"""
ROW = "      <tr><td>{name}</td><td>{pid}</td><td>{at}</td><td><code>{command}</code></td></tr>"


def write(path: Path, site: str, running: "list[tuple[Program, subprocess.Popen[str], object]]") -> None:
    """One row for each program: name, process id, where it answers, command."""
    rows = [
        ROW.format(
            name=escape(program.name),
            pid=process.pid,
            at=escape(str(program.at or "")),
            command=escape(" ".join(program.command)),
        )
        for program, process, _reader in running
    ]
    path.write_text(PAGE.format(site=escape(site), rows="\n".join(rows), when=f"{datetime.now():%Y-%m-%d %H:%M:%S}"))
