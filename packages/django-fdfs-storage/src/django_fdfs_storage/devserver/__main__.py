"""`python -m django_fdfs_storage.devserver --dir DIR`."""

from .command import main

main()
