"""What every visitor of a tutorial's site does: opens it, sends the fields of a form back, follows the link of a mail."""

import re
from io import BytesIO

from django.contrib.auth import get_user_model
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.test.utils import setup_test_environment
from PIL import Image

setup_test_environment()
call_command("check", fail_level="WARNING")

NAME, PASSWORD = "molly", "Yes-I-said-yes-1904"
ADDRESS = {
    "receiver": "Molly Bloom",
    "phone": "13800136021",
    "province": "11",
    "city": "1101",
    "district_code": "110108",
    "street": "7 Eccles Street",
    "postcode": "100190",
}


def fields(page):
    """name -> value of what a browser would send of the page."""
    return dict(re.findall('<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', page.content.decode()))


def text(page):
    assert page.status_code == 200, page.status_code
    return page.content.decode()


def registered(start="/user/"):
    """A visitor who has just opened an account, and signed in with it."""
    visitor = Client()
    answer = visitor.post(
        f"{start}register/",
        {"username": NAME, "password1": PASSWORD, "password2": PASSWORD, "email": "molly@bloom.example", "agree": "on"},
        follow=True,
    )
    assert len(mail.outbox) == 1, re.findall("df-error[^<]*", text(answer))
    (link,) = set(re.findall(rf"http://testserver({start}activate/[^\s\"<]+)", mail.outbox[0].body))
    page = visitor.get(link, follow=True)
    visitor.post(page.request["PATH_INFO"], fields(page), follow=True)
    visitor.post(f"{start}login/", {"username": NAME, "password": PASSWORD})
    return visitor


def picture():
    file = BytesIO()
    Image.new("RGB", (30, 40), "navy").save(file, "PNG")
    return file.getvalue()


def given(number):
    """Give the book of this number a cover, in the admin."""
    from books.models import Book

    owner = Client()
    owner.force_login(get_user_model().objects.get(username="owner"))
    book = Book.objects.get(pk=number)
    values = {"title": book.title, "price": book.price, "copies": book.copies}
    page = f"/admin/books/book/{number}/change/"
    assert owner.post(page, {**values, "cover": SimpleUploadedFile("cover.png", picture())}).status_code == 302


def ordered(*goods, method="cod"):
    """What `owner` reads after ordering these goods (`<sku_id>:<n>`), or instead of it."""
    from books.models import Place

    owner = get_user_model().objects.get(username="owner")
    place, _ = Place.objects.get_or_create(
        user=owner, receiver="Molly", phone="13800136021", city="Dublin", street="7 Eccles"
    )
    buyer = Client()
    buyer.force_login(owner)
    confirm = buyer.get("/orders/confirm/", {"buy": goods}, follow=True)
    form = fields(confirm) | ({"address": str(place.pk), "payment_method": method} if method else {})
    return buyer.post("/orders/place/", form, follow=True).content.decode()
