"""The book of the money: written with each payment and refund, closed by the day, audited."""
