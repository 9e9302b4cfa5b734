import subprocess
import sys
from typing import Any

import pytest
from dailyfresh_core.loading import backend, build, imported
from django.core.exceptions import ImproperlyConfigured


class Base:
    pass


class Tea(Base):
    def __init__(self, *, leaf: str, milk: bool = False) -> None:
        self.leaf, self.milk = leaf.strip(), milk


class IcedTea(Tea):
    def __init__(self, *, ice: int = 3, **options: Any) -> None:
        super().__init__(**options)
        self.ice = ice


WHERE = 'DAILYFRESH_TEA["DRINK"]'
TEA = f"{__name__}.Tea"


def test_a_backend_is_made_of_its_options() -> None:
    tea = backend({"BACKEND": TEA, "OPTIONS": {"leaf": "green"}}, where=WHERE, base=Base)
    assert isinstance(tea, Tea)
    assert (tea.leaf, tea.milk) == ("green", False)


def test_a_backend_that_hands_options_on_takes_those_of_the_class_it_inherits_from() -> None:
    iced = {"BACKEND": f"{__name__}.IcedTea", "OPTIONS": {"leaf": "green", "ice": 5}}
    tea = backend(iced, where=WHERE, base=Base)
    assert isinstance(tea, IcedTea)
    assert (tea.leaf, tea.ice) == ("green", 5)
    with pytest.raises(ImproperlyConfigured, match=r"unknown option 'laef' \(known: ice, leaf, milk\)"):
        backend({**iced, "OPTIONS": {"laef": "green"}}, where=WHERE, base=Base)
    with pytest.raises(ImproperlyConfigured, match="leaf is missing"):
        backend({**iced, "OPTIONS": {"ice": 1}}, where=WHERE, base=Base)


def test_a_backend_is_one_object_while_its_setting_reads_the_same() -> None:
    def make(leaf: str) -> Base:
        return backend({"BACKEND": TEA, "OPTIONS": {"leaf": leaf}}, where=WHERE, base=Base)

    assert make("green") is make("green")
    assert make("green") is not make("black")
    assert build({"BACKEND": TEA, "OPTIONS": {"leaf": "green"}}, where=WHERE, base=Base) is not make("green")


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        (None, f"{WHERE} must be"),
        ({"OPTIONS": {}}, f"{WHERE} must be"),
        ({"BACKEND": TEA, "OPTION": {}}, f"{WHERE} must be"),
        ({"BACKEND": "no.such.Class"}, f'{WHERE}["BACKEND"]: cannot import'),
        ({"BACKEND": None}, f'{WHERE}["BACKEND"]: cannot import'),
        ({"BACKEND": "decimal.Decimal"}, "is no Base"),
        ({"BACKEND": TEA, "OPTIONS": {"laef": "green"}}, "unknown option 'laef' (known: leaf, milk)"),
        ({"BACKEND": TEA}, "leaf is missing"),
        ({"BACKEND": TEA, "OPTIONS": {"leaf": 5}}, f'{WHERE}["OPTIONS"] do not fit'),
        ({"BACKEND": TEA, "OPTIONS": ["leaf"]}, "must be a dict, not list"),
    ],
)
def test_a_setting_that_does_not_fit_is_named(setting: Any, sentence: str) -> None:
    with pytest.raises(ImproperlyConfigured) as error:
        backend(setting, where=WHERE, base=Base)
    assert sentence in str(error.value)
    assert WHERE in str(error.value)


def test_a_dotted_path_gives_its_object_or_a_sentence() -> None:
    assert imported(TEA, where=WHERE) is Tea
    with pytest.raises(ImproperlyConfigured, match="cannot import 'nothing'"):
        imported("nothing", where=WHERE)


STARTING = """
import sys
import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=["dailyfresh_core"],
    CACHES={"default": {"BACKEND": "wsgiref.handlers.CGIHandler"}},
    DAILYFRESH_SHOP={
        "STORE": {"BACKEND": "xmlrpc.client.ServerProxy"},
        "ENGINES": {"a": {"BACKEND": "no.such.Engine"}},
    },
)
django.setup()
print([name in sys.modules for name in ("wsgiref.handlers", "xmlrpc.client")])
"""


def test_what_settings_name_is_imported_before_the_first_requests_come_side_by_side() -> None:
    done = subprocess.run([sys.executable, "-c", STARTING], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[True, True]\n", "")
