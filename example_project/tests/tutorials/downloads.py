from books.models import Book, Course
from django.contrib.auth import get_user_model
from visitors import Client, ordered, text

Book.objects.filter(pk=1).update(copies=3)

assert "Your order is placed" in ordered("1:1", "c2:1")
reader = get_user_model().objects.get(username="owner")
assert reader.courses.count() == 0, "a book of the same order is still to come"
assert Book.objects.get(pk=1).copies == 2
confirm = ordered("c2:1", method="")
assert "Your order is placed" in confirm, confirm
visitor = Client()
visitor.force_login(reader)
assert "Lesson one" in text(visitor.get("/courses/2/"))
assert "costs 49" in text(visitor.get("/courses/1/"))
assert Course.objects.get(readers=reader).pk == 2
