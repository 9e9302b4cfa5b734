"""System checks of the cart's settings."""

from typing import Any

from django.core.checks import CheckMessage, register


def register_all() -> None:
    register(check_settings, "dailyfresh_cart")


def check_settings(**kwargs: Any) -> list[CheckMessage]:
    return []
