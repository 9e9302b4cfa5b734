from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ...exceptions import CartUnavailable
from ...selectors.figures import statistics


class Command(BaseCommand):
    help = "Count the carts that the store holds: users', guests', lines, pieces, and how long they lie untouched."

    def handle(self, **options: Any) -> None:
        try:
            found = statistics()
        except CartUnavailable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"carts of users   {found.users}")
        self.stdout.write(f"carts of guests  {found.guests}")
        self.stdout.write(
            f"lines            {found.lines} ({found.lines_per_cart:.1f} in a cart, at most {found.most_lines})"
        )
        self.stdout.write(f"pieces           {found.pieces}")
        for days, carts in found.untouched.items():
            self.stdout.write(f"untouched for {days:>3} days or more  {carts}")
