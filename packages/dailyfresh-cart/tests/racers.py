"""A program that lets many processes at one cart at once: `python racers.py <processes> <times> <what>` with a site's settings.

Each process is a fork of one that has loaded the site, waits for the same moment, and prints nothing.
"""

import sys


def main(processes: int, times: int, what: str, owner_key: str, sku_id: str) -> int:
    import django

    django.setup()
    from dailyfresh_cart import services
    from dailyfresh_cart.catalogue import catalogue
    from dailyfresh_cart.exceptions import LineRefused
    from dailyfresh_cart.stores import store
    from dailyfresh_cart.stores.base import Owner
    from dailyfresh_core.testing.races import race

    owner = Owner(owner_key)
    store(), catalogue()  # loaded before the forks: what is raced is the cart, not fifty imports

    def work(_number: int) -> None:
        for turn in range(times):
            if what == "add":
                services.add_to_cart(owner=owner, quantities={sku_id: 1})
            elif what == "same":  # one click that was sent again and again
                services.add_to_cart(owner=owner, quantities={sku_id: 1}, once=f"click {turn}")
            elif what == "settle":
                services.settle(owner=owner, ordered={sku_id: 1}, reference=f"order {turn}")
            elif what == "merge":
                services.merge(guest=Owner("g:racer"), user=owner)

    through, refused, failed, _killed = race(processes, work, refusals=(LineRefused,))
    print(through, refused, failed)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))
