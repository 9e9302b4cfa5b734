"""What can go wrong with the catalogue."""


class GoodsError(Exception):
    """Base of the package's own errors."""


class Absent(GoodsError):
    """There is no such page."""


class TooManyWishes(GoodsError):
    """The account has as many favourites, or waits for as many goods, as one may."""


class CacheUnavailable(GoodsError):
    """The cache could not take or give back what must be known to hold."""


class PageRefused(GoodsError):
    """A page that must not be kept, since it was made for one visitor or is no page at all."""
