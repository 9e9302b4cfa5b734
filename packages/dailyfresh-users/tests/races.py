"""Races between real processes on one server: `python -m races <rounds>` prints what each round ended with, as JSON.

One process sets the site up and forks the racers, each with a connection of its own.
"""

import json
import multiprocessing
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import django

django.setup()

from conftest import PASSWORD, make_user  # noqa: E402
from dailyfresh_users import services, signals, tokens  # noqa: E402
from dailyfresh_users.models import Address, Mail, Registration  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections, transaction  # noqa: E402

RACERS = 8
fork = multiprocessing.get_context("fork")


def race(*acts: Callable[[], Any], requests: bool = True) -> Counter[str]:
    """Do all acts at once, each in a process of its own; how often each outcome came.

    As `requests` they run in a transaction that has read before, so that it has its snapshot; else as a worker's tasks.
    """
    connections.close_all()
    start, outcomes = fork.Barrier(len(acts)), fork.SimpleQueue()

    def run(act: Callable[[], Any]) -> None:
        connection.ensure_connection()
        start.wait()
        try:
            with transaction.atomic() if requests else nullcontext():
                list(Address.objects.all()) if requests else None
                outcome = act()
            outcomes.put(str(outcome) if isinstance(outcome, int) else "done")
        except Exception as error:
            outcomes.put(type(error).__name__)
        connections.close_all()

    racers = [fork.Process(target=run, args=(act,)) for act in acts]
    for racer in racers:
        racer.start()
    found = Counter(outcomes.get() for _ in racers)
    for racer in racers:
        racer.join()
    return found


def values(street: str) -> dict[str, str]:
    return {"receiver": "林", "phone": "13800136021", "district_code": "110108", "street": street, "postcode": ""}


def defaults(user: Any) -> int:
    return Address.objects.filter(user=user, default_slot=1).count()


def the_default_moves(user: Any) -> dict[str, Any]:
    rows = [services.add_address(user=user, values=values(str(n))) for n in range(4)]
    outcome = race(*[lambda row=row: services.set_default_address(address=row) for row in rows * 2])
    return {"outcome": outcome, "defaults": defaults(user)}


def the_first_address(user: Any) -> dict[str, Any]:
    outcome = race(*[lambda n=n: services.add_address(user=user, values=values(str(n))).pk and None for n in range(8)])
    return {"outcome": outcome, "defaults": defaults(user), "kept": Address.objects.filter(user=user).count()}


def the_default_goes_while_it_moves(user: Any) -> dict[str, Any]:
    rows = [services.add_address(user=user, values=values(str(n))) for n in range(4)]
    acts = [lambda: services.delete_address(address=rows[0]), lambda: services.delete_address(address=rows[1])]
    acts += [lambda row=row: services.set_default_address(address=row) for row in rows]
    acts += [
        lambda row=row: services.edit_address(address=row, values=values("x"), make_default=True) for row in rows[1:3]
    ]
    outcome = race(*acts)
    return {"outcome": outcome, "defaults": defaults(user), "kept": Address.objects.filter(user=user).count()}


def one_name(user: Any) -> dict[str, Any]:
    name = f"{user.get_username()}x"
    register = services.open_account
    act = lambda: register(username=name, email=f"{name}@example.com", password=PASSWORD, origin="http://x") and None  # noqa: E731
    return {"outcome": race(*[act] * RACERS), "pending": Registration.objects.filter(activated_at=None).count()}


def pending(username: str, email: str) -> str:
    user = make_user(username, "", is_active=False)
    setattr(user, user.get_email_field_name(), email)
    user.save()
    Registration.objects.filter(user=user).update(activated_at=None, email_key=None)
    return tokens.activation_token(user)


def one_link(user: Any) -> dict[str, Any]:
    token = pending(f"{user.get_username()}x", "one@example.com")
    return {"outcome": race(*[lambda: services.activate_account(token=token) and None] * RACERS)}


def one_address_of_many_accounts(user: Any) -> dict[str, Any]:
    links = [pending(f"{user.get_username()}{n}", "many@example.com") for n in range(RACERS)]
    outcome = race(
        *[lambda link=link: services.activate_account(token=link) and None for link in links], requests=False
    )
    return {"outcome": outcome, "owners": Registration.objects.filter(email_key="many@example.com").count()}


def one_mail_each(user: Any) -> dict[str, Any]:
    users = [make_user(f"{user.get_username()}{n}", f"m{n}@example.com") for n in range(20)]
    for each in users:
        Mail.objects.create(user=each, kind=Mail.Kind.PASSWORD_RESET, language="en", origin="http://x")
    outcome = race(*[services.send_due_mails] * RACERS, requests=False)
    return {
        "sent": sum(int(count) * times for count, times in outcome.items()),
        "marked": Mail.objects.exclude(sent_at=None).count(),
        "attempts": Mail.objects.filter(attempts=1).count(),
    }


def rounds(count: int) -> Iterator[dict[str, Any]]:
    scenarios = [
        the_default_moves,
        the_first_address,
        the_default_goes_while_it_moves,
        one_name,
        one_link,
        one_address_of_many_accounts,
        one_mail_each,
    ]
    for number in range(count):
        for scenario in scenarios:
            user = make_user(f"racer{number}", "")
            yield {"scenario": scenario.__name__, **scenario(user)}
            call_command("flush", interactive=False, verbosity=0)


if __name__ == "__main__":
    signals.mail_requested.disconnect(dispatch_uid="dailyfresh_users.mail_requested")
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        call_command("check", fail_level="WARNING", databases=["default"])
        print(json.dumps(list(rounds(int(sys.argv[1])))))
    finally:
        connection.creation.destroy_test_db("", verbosity=0)
