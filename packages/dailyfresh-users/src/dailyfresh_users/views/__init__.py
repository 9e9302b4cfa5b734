"""Pages and AJAX answers: receive, validate, one service call, respond."""

from .login import visitor_data

__all__ = ["visitor_data"]
