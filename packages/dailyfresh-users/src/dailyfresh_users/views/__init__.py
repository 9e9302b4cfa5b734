"""Pages and answers to scripts: receive, validate, one service call, respond."""

from .login import staff_login, visitor_data

__all__ = ["staff_login", "visitor_data"]
