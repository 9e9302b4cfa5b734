"""How much of a package its tests ran through, and whether that is enough: `measured.py NAME`, after `coverage run` (`.ci/coverage.ini`).

With arguments for pytest behind the name only some of the tests ran, and nothing is judged.
"""

import json
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from tempfile import TemporaryDirectory

SETTINGS = Path(__file__).with_name("coverage.ini")
LINES, BRANCHES = 90, 80
"""The least, in hundredths, of a whole package."""
GROUND = {"dailyfresh_core": (83, 75)}
"""The least where much is met by the tests of those who use it alone."""
COUNTED = 95
"""The least of the lines of a package that count money, stock and payments."""
COUNTING = {
    "dailyfresh_core": ["pricing/*"],
    "dailyfresh_delivery": ["fees", "services", "windows"],
    "dailyfresh_orders": [
        "checkout/quotes",
        "checkout/signed_quotes",
        "freight/*",
        "fulfilment/services",
        "gateways/*",
        "line_amounts",
        "reports/books",
        "services/payments/*",
        "services/checkout/placing",
        "services/transitions",
        "stock/*",
    ],
    "dailyfresh_promotions": ["engine/*", "services/*"],
}


def summed(files: dict[str, dict[str, int]]) -> tuple[float, float]:
    """(lines, branches) that were met, in hundredths."""
    lines, all_lines, branches, all_branches = (
        sum(file[name] for file in files.values())
        for name in ("covered_lines", "num_statements", "covered_branches", "num_branches")
    )
    return 100 * lines / (all_lines or 1), 100 * branches / (all_branches or 1)


def main(name: str, *chosen: str) -> int:
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        for words in (["combine", "--quiet"], ["json", "--quiet", "--include", f"*/{name}/*", "-o", report]):
            subprocess.run([sys.executable, "-m", "coverage", *words, f"--rcfile={SETTINGS}"], check=True)
        found = json.loads(report.read_text())["files"]
    files = {path.rpartition(f"{name}/")[2].removesuffix(".py"): about["summary"] for path, about in found.items()}
    patterns = COUNTING.get(name, [])
    if gone := [one for one in patterns if not any(fnmatch(path, one) for path in files)]:
        sys.exit(f"measured: {name} has no {', '.join(gone)}")
    counting = {path: file for path, file in files.items() if any(fnmatch(path, one) for one in patterns)}
    lines, branches = summed(files)
    [least, least_branches], [counted, _branches] = GROUND.get(name, (LINES, BRANCHES)), summed(counting)
    said = f"; money, stock and payments {counted:.1f} % of lines" if counting else ""
    print(f"measured: {name}: {lines:.1f} % of lines, {branches:.1f} % of branches{said}")
    if chosen or (lines >= least and branches >= least_branches and counted >= COUNTED * bool(counting)):
        return 0
    for path, file in sorted((counting or files).items(), key=lambda pair: pair[1]["percent_covered"])[:10]:
        print(f"{file['percent_covered']:6.1f} % {path}")
    print(
        f"The least is {least} % of lines, {least_branches} % of branches, and {COUNTED} % of lines where money is counted."
    )
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
