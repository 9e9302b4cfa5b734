"""What is let in: checkout, payments, reviews, shipping."""
