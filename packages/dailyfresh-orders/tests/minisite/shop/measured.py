"""How the site sells what it weighs."""

from dailyfresh_core.pricing.measures import Measured

LOOSE = Measured("weight", "weight", 500, 0, 300, 50)
CATCH = Measured("piece", "weight", 500, 180)
