"""Who may have a file in this site."""

from django.core.exceptions import PermissionDenied
from django.http import Http404


def members_only(request, name):
    """Members anything, others what their URL says, and nobody what is secret."""
    if "secret" in name:
        return False
    return True if request.headers.get("X-Member") else None


def all_but_bills(request, name):
    """Everything is everybody's but one folder."""
    return not name.startswith("bills/")


async def nobody_yet(request, name):
    """A policy of a site that awaits its questions."""
    return None if "free" in request.GET else False


def broken(request, name):
    """A policy with a fault, and with two answers of its own."""
    if "denied" in request.GET:
        raise PermissionDenied
    if "hidden" in request.GET:
        raise Http404
    return 1 / 0
