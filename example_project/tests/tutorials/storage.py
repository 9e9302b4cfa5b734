from urllib.request import urlopen

from books.models import Book
from visitors import Client, given, picture, text

given(1)
ulysses, dubliners = Book.objects.order_by("pk")
assert dubliners.cover.name.startswith("group1/M00/"), "what was there before"
assert ulysses.cover.name.startswith("group1/M00/"), "what is new"
assert ulysses.cover.url in text(Client().get("/books/1/"))
for book in (ulysses, dubliners):
    assert urlopen(book.cover.url, timeout=10).read() == picture()
