"""Test cases of other people's modules."""

from types import ModuleType
from unittest import TestCase


def cases_of(module: ModuleType) -> dict[str, type[TestCase]]:
    """Name -> test case, of those that the module does not itself import."""
    return {
        name: case
        for name, case in vars(module).items()
        if isinstance(case, type) and issubclass(case, TestCase) and case.__module__ == module.__name__
    }
