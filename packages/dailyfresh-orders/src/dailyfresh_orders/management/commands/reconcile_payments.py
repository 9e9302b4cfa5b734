from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...days import today
from ...gateways import UnknownGateway, configured, gateway
from ...services import reconcile


class Command(BaseCommand):
    help = "Compare a day's payments and refunds with what the gateways say, and put right what can be (yesterday by default)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, help="YYYY-MM-DD; yesterday if left out")
        parser.add_argument("--gateway", help="only this one; every one that is paid online if left out")
        parser.add_argument(
            "--strict", action="store_true", help="fail when a difference is left or an answer is missing"
        )

    def handle(self, *args: Any, day: date | None, gateway: str | None, strict: bool, **options: Any) -> None:
        day = day or today() - timedelta(days=1)
        left = 0
        for code in self.codes(gateway):
            report = reconcile(day=day, code=code)
            differences = list(report.differences.select_related("payment"))
            self.stdout.write(
                f"{code} {day}: {report.checked} compared, {report.unanswered} unanswered, {len(differences)} differ; "
                f"received {report.received}, refunded {report.refunded}"
            )
            for each in differences:
                repaired = " (put right)" if each.repaired else ""
                self.stdout.write(f"  {each.payment.out_trade_no} {each.what}: {each.ours} / {each.theirs}{repaired}")
            left += report.unanswered + sum(not each.repaired for each in differences)
        if strict and left:
            raise CommandError(f"{left} open")

    def codes(self, only: str | None) -> list[str]:
        if only is None:
            return [each.code for each in configured() if each.online]
        try:
            return [gateway(only).code]
        except UnknownGateway:
            raise CommandError(f"No gateway {only!r} is configured.") from None
