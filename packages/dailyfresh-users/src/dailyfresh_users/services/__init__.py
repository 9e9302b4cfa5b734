"""What changes: one module per concern, functions with keyword arguments."""
