"""What is refused, for a page to say in words."""


class BadParams(ValueError):
    """The numbers of a rule or a batch that cannot be; the message is a sentence, `field` is whose it is."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class NotIssued(Exception):
    """A coupon that could not be had. `code` is one of unknown (or over: nobody learns which), gone, had."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
