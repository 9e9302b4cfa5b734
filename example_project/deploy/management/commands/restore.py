"""`manage.py restore DIR`: what `manage.py backup DIR` saved, into an empty deployment."""

from .backup import Command as BackupCommand


class Command(BackupCommand):
    help = "Restores what `backup` saved; each part must be empty. Then: search_rebuild, build_pages."
    verb = "restore"
