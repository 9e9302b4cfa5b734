"""Payments and refunds: started here, settled in one place, swept until nothing is open."""
