#!/usr/bin/env python
"""Django's command line for the store: `manage.py demo` runs all of it."""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - said here, because older ones fail on what is imported below
    sys.exit(
        "DailyFresh needs Python 3.11 or newer; this is Python {}.{} ({}).".format(
            *sys.version_info[:2], sys.executable
        )
    )


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as error:
        sys.exit("{}. Run `make demo`, or pip install packages/* 'example_project[demo]'.".format(error))  # noqa: UP032
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
