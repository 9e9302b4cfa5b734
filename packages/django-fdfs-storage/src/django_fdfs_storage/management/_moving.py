from django.core.management.base import BaseCommand, CommandError


class MovingCommand(BaseCommand):
    """Moves file by file; what could not be moved is told, counted, and fails the command at its end."""

    moved: int = 0
    failed: int = 0

    def complain(self, reason: str) -> None:
        """Tell that a file could not be moved."""
        self.failed += 1
        self.stderr.write(reason)

    def conclude(self, verb: str) -> None:
        """Tell how many files were, say, "taken"."""
        self.stdout.write(f"{self.moved} {verb}, {self.failed} failed.")
        if self.failed:
            raise CommandError(f"{self.failed} files could not be {verb}; run the command again.")
