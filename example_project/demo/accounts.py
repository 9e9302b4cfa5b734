"""The accounts of the demo; printed at its start, and worth nothing anywhere else."""

BUYER = "linxiaohe"
MERCHANT = "merchant"
PASSWORD = "dailyfresh-2026"  # noqa: S105 - printed on the terminal by `manage.py demo`
