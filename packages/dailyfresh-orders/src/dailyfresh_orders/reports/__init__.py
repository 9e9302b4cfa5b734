"""What staff read: the book of the money, the sales, the story of an order, and what is to be done."""
