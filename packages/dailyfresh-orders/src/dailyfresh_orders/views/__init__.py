"""Who answers: checkout, orders, payments, refunds, reviews."""
