"""Ways to tell a person something: one shape, `base.Channel`; mail is here, others are a site's own."""

from .base import Channel, Written
from .mail import MailChannel, mailer

__all__ = ["Channel", "MailChannel", "Written", "mailer"]
