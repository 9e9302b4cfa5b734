"""The ground that the shop's packages of DailyFresh stand on: no model, no page of its own."""

__version__ = "0.1.0"
