"""Tables, goods and buyers of a shop: `python -m bench.prepare ours` prints what each buyer brings, as JSON."""

import json
import sys
from importlib import import_module

import django

from .buyers import browsers


def main(shop: str) -> None:
    django.setup()
    print(json.dumps(browsers(import_module(f"bench.{shop}.filling").fill())))


if __name__ == "__main__":
    main(*sys.argv[1:])
