from books.models import Book
from visitors import ordered

Book.objects.filter(pk=1).update(copies=3)

assert "Your order is placed" in ordered("1:2")
assert Book.objects.get(pk=1).copies == 1
assert "sold out" in ordered("1:1").lower()
assert Book.objects.get(pk=1).copies == 1
