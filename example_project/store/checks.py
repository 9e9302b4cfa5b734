"""What can be wrong with this composition, said before a visitor finds it."""
