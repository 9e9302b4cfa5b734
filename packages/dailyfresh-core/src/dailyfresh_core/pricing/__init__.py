"""What a quantity of something comes to: pieces and weights, amounts to the fen, the currency, and the offers of a basket."""
