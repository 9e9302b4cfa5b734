#!/usr/bin/env python
"""Django's command line for the store: `manage.py demo` runs all of it."""
import os
import sys

if sys.version_info < (3, 11):
    sys.exit("DailyFresh needs Python 3.11 or newer; this is Python %d.%d (%s)." % (sys.version_info[0], sys.version_info[1], sys.executable))


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as error:
        sys.exit("%s. Install the project first: pip install packages/* 'example_project[demo]', or run `make demo`." % error)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
