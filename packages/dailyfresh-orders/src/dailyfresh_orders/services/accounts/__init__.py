"""Whose an order is: adopted by an account, and forgotten with it."""
