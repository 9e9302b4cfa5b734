"""What pages write of offers: their names and hints, and which stand on a product."""
