"""Spans of time in words."""

from django.utils.translation import gettext, ngettext


def in_words(seconds: int) -> str:
    """ "24 hours", "5 minutes" or "40 seconds": in the largest unit that says it well, never less than it is."""
    if seconds >= 3600 and seconds % 3600 == 0:
        hours = seconds // 3600
        return ngettext("%d hour", "%d hours", hours) % hours
    if seconds > 90:
        minutes = -(-seconds // 60)
        return ngettext("%d minute", "%d minutes", minutes) % minutes
    return ngettext("%d second", "%d seconds", seconds) % seconds


def wait_message(seconds: int) -> str:
    """What a throttled visitor is told."""
    return gettext("Too many attempts. Please try again in %s.") % in_words(seconds)
