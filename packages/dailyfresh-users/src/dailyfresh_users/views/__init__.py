"""Pages and AJAX answers: receive, validate, one service call, respond."""
