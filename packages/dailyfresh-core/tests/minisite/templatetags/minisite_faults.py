from django import template
from django.db import OperationalError

register = template.Library()


@register.simple_tag
def unreachable() -> str:
    """As a navigation that is read from a database, before there is one."""
    raise OperationalError("no such table")
