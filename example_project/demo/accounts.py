"""The accounts of the demo; printed at its start, and worth nothing anywhere else."""

BUYER = "linxiaohe"
MERCHANT = "merchant"
STAFF = ("owner", "catalogue", "picker", "dispatch", "support", "finance")
"""One for each of `store.roles.ROLES`, in their order."""
PASSWORD = "dailyfresh-2026"  # noqa: S105 - printed on the terminal by `manage.py demo`
