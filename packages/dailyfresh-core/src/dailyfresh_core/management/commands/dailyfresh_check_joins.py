from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from dailyfresh_core.joins import registered
from dailyfresh_core.probing import Asked, faults


class Command(BaseCommand):
    help = (
        "Asks the classes that this site joined to the packages, on real ids, and says what they get wrong. "
        "It changes nothing; run it where the site's database is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--sku", action="append", default=[], metavar="ID", help="an id that is sold; repeat it for a second one"
        )
        parser.add_argument(
            "--user", metavar="NAME", help="who buys, best one with an address and a filled cart; the first by default"
        )

    def handle(self, *, sku: list[str], user: str | None, **options: Any) -> None:
        asked = Asked(tuple(dict.fromkeys(sku or _known())), _buyer(user))
        if not asked.sku_ids:
            raise CommandError("No id is known that is sold: give some by --sku.")
        wrong = 0
        for each in registered():
            join = each.join
            if not join.dotted:
                self.stdout.write(f"{join.where} is None: nothing is asked of it.")
                continue
            try:
                said = list(each.probe(join, asked))
            except ImproperlyConfigured as error:
                said = [str(error)]
            found = list(faults(said))
            wrong += len(found)
            for sentence in found:
                self.stderr.write(self.style.ERROR(f"{join.where}: {sentence.removeprefix(join.where + ': ')}"))
            if not found:
                self.stdout.write(self.style.SUCCESS(" ".join([f"{join.where}: {join.dotted} fits.", *said])))
        if wrong:
            raise CommandError(
                f"{wrong} {'thing does' if wrong == 1 else 'things do'} not fit; docs/contracts.md says what must."
            )


def _known() -> list[str]:
    """Ids that the packages know to be sold."""
    return [sku_id for each in registered() for sku_id in each.known()]


def _buyer(name: str | None) -> Any:
    users = get_user_model()._default_manager
    if name is None:
        return users.order_by("pk").first()
    try:
        return users.get_by_natural_key(name)
    except get_user_model().DoesNotExist as error:
        raise CommandError(f"There is no user {name!r}.") from error
