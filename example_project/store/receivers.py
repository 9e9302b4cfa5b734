"""What one package tells another: the only place where the store joins them by signals."""
