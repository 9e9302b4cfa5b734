"""What a buyer would pay and may order now: quotes and their signed form, offers, delivery windows, quantities, what was ordered before."""
