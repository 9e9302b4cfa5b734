"""A program that lets many processes at one cart at once: `python racers.py <processes> <times> <what>` with a site's settings.

Each process is a fork of one that has loaded the site, waits for the same moment, and prints nothing.
"""

import os
import sys
import time


def main(processes: int, times: int, what: str, owner_key: str, sku_id: str) -> int:
    import django

    django.setup()
    from dailyfresh_cart import services
    from dailyfresh_cart.catalogue import catalogue
    from dailyfresh_cart.exceptions import LineRefused
    from dailyfresh_cart.stores import store
    from dailyfresh_cart.stores.base import Owner

    owner = Owner(owner_key)
    store(), catalogue()  # loaded before the forks: what is raced is the cart, not fifty imports
    start = time.time() + 0.5
    children = []
    for number in range(processes):
        if child := os.fork():
            children.append(child)
            continue
        code = 0
        try:
            time.sleep(max(0, start - time.time()))
            for turn in range(times):
                if what == "add":
                    services.add_to_cart(owner=owner, quantities={sku_id: 1})
                elif what == "same":  # one click that was sent again and again
                    services.add_to_cart(owner=owner, quantities={sku_id: 1}, once=f"click {turn}")
                elif what == "settle":
                    services.settle(owner=owner, ordered={sku_id: 1}, reference=f"order {turn}")
                elif what == "merge":
                    services.merge(guest=Owner("g:racer"), user=owner)
        except LineRefused:
            code = 1
        except BaseException as error:  # noqa: B036
            print(f"{number}: {error!r}", file=sys.stderr, flush=True)
            code = 2
        os._exit(code)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    print(codes.count(0), codes.count(1), codes.count(2))
    return int(2 in codes)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))
