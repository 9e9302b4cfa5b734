"""The README: its examples run as they are printed, and it names every switch."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alipay_simulator.faults import KINDS

README = (Path(__file__).parent.parent / "README.md").read_text()
NODE_MODULES = os.environ.get("ALIPAY_NODE_MODULES", "")


def example(heading):
    """The first block of code below a heading."""
    return re.search(rf"^## {heading}\n.*?^```\w+\n(.*?)^```", README, re.M | re.S)[1]


@pytest.fixture
def beside(tmp_path):
    """Runs a program in a folder where a simulator was started; what it printed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "alipay_simulator", "--port", "0"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    address = re.search(r"http://(\S+)/", process.stdout.readline())[1]

    def run(program, name, text):
        (tmp_path / name).write_text(text.replace("127.0.0.1:8810", address))
        done = subprocess.run([program, name], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    yield run
    process.terminate()
    process.wait(10)
    process.stdout.close()


def test_the_python_client_pays_asks_and_refunds(beside):
    assert beside(sys.executable, "shop.py", example("From Python")) == ["TRADE_SUCCESS", "Y"]


@pytest.mark.skipif(not (shutil.which("node") and NODE_MODULES), reason="no ALIPAY_NODE_MODULES with npm's alipay-sdk")
def test_the_node_client_pays_asks_and_is_notified(beside, tmp_path):
    (tmp_path / "node_modules").symlink_to(NODE_MODULES)
    said = beside(shutil.which("node"), "shop.mjs", example("From Node"))
    assert sorted(said) == ["TRADE_SUCCESS", "true TRADE_SUCCESS"]


def test_the_fixture_serves_the_tests_of_the_readme(pytester):
    pytester.makepyfile(example("In pytest"))
    pytester.runpytest_subprocess("-p", "alipay_simulator.plugin").assert_outcomes(passed=3)


def test_every_switch_is_documented_in_its_own_words():
    documented = dict(re.findall(r"^\| `(\w+ [\w-]+)` \| (.+) \|$", README, re.M))
    assert documented == {f"{kind} {how}": text for kind, ways in KINDS.items() for how, text in ways.items()}
    assert f"**{len(documented)} faults**" in README
