"""The numbers of a pager."""


def window(number: int, pages: int, *, width: int = 5) -> range:
    """`width` page numbers around the current one, as far as there are pages."""
    first = max(1, min(number - width // 2, pages - width + 1))
    return range(first, min(first + width, pages + 1))
