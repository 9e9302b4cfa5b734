"""Reviews: who may write them, what they may hold, and how the page of the goods shows them."""

import io
import resource
import struct
import zlib

import pytest
from dailyfresh_core.images.pictures import NotDrawn
from dailyfresh_orders.exceptions import AlreadyReviewed, IllegalTransition
from dailyfresh_orders.models import Order, Review, ReviewPicture
from dailyfresh_orders.selectors import rating_of, ratings_of
from dailyfresh_orders.services import Words, draw_pictures, moderate, receive, review_order, ship
from dailyfresh_orders.signals import review_published
from dailyfresh_orders.tasks import drain
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.template import Context, Template
from django.urls import reverse
from django.utils import timezone
from PIL import Image


def picture(kind="JPEG", size=(60, 40), name="pear.jpg", **more):
    out = io.BytesIO()
    Image.new("RGB", size, "green").save(out, kind, **more)
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


@pytest.fixture
def received(make_order, apple, pear):
    order = make_order({apple: 1, pear: 1})
    ship(order.pk, carrier="SF", tracking_number="1", by="staff")
    receive(order.pk, by="lin")
    order.refresh_from_db()
    return order


@pytest.fixture
def heard():
    skus = []

    def listen(sku_id, **kwargs):
        skus.append(sku_id)

    review_published.connect(listen)
    yield skus
    review_published.disconnect(listen)


def send(shop, order, stars="5", text="good", pictures=(), **more):
    data = dict(more)
    for line in order.lines.all():
        data |= {f"line{line.pk}-stars": stars, f"line{line.pk}-text": text, f"line{line.pk}-pictures": list(pictures)}
        pictures = ()
    return shop.post(reverse("dailyfresh_orders:review", args=[order.number]), data)


def shown(sku_id):
    tag = Template("{% load dailyfresh_orders %}{% dailyfresh_reviews sku %}")
    return tag.render(Context({"sku": sku_id}))


def test_each_line_is_reviewed_once_and_the_order_is_done(shop, received, apple, pear, heard):
    send(shop, received)
    received.refresh_from_db()
    assert received.state == Order.State.DONE
    assert sorted(heard) == sorted([str(apple.pk), str(pear.pk)])
    again = send(shop, received, stars="1")
    assert again.url == received.get_absolute_url()
    assert set(Review.objects.values_list("stars", flat=True)) == {5}
    line = received.lines.first()
    with pytest.raises(AlreadyReviewed):
        review_order(order=received, words={line.pk: Words(stars=1)}, anonymous=True)


def test_nothing_is_reviewed_before_it_was_received(shop, make_order, apple):
    order = make_order({apple: 1})
    assert send(shop, order).status_code == 302
    assert not Review.objects.exists()


def test_the_service_itself_refuses_a_review_before_receipt(make_order, apple):
    order = make_order({apple: 1})
    with pytest.raises(IllegalTransition):
        review_order(order=order, words={order.lines.get().pk: Words(stars=5)}, anonymous=True)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PPM"])
def test_a_picture_of_another_kind_is_refused_however_good_it_is(shop, received, kind):
    assert send(shop, received, pictures=[picture(kind)]).status_code == 400


@pytest.mark.parametrize("stars", ["", "0", "6", "x", "4.5", "-1"])
def test_stars_are_one_to_five(shop, received, stars):
    assert send(shop, received, stars=stars).status_code == 400
    assert not Review.objects.exists()


def test_strangers_see_no_user_names(shop, received, apple, pear):
    send(shop, received)
    assert set(Review.objects.values_list("author", flat=True)) == {"l***"}
    assert "l***" in shown(apple.pk)
    assert "lin" not in shown(apple.pk)


def test_an_anonymous_review_names_nobody(shop, received, apple):
    send(shop, received, anonymous="1")
    assert "Anonymous buyer" in shown(apple.pk)


def test_what_a_buyer_writes_is_shown_as_text(shop, received, apple):
    send(shop, received, text="<script>alert(1)</script>")
    assert "<script>alert" not in shown(apple.pk)


def test_a_picture_is_drawn_anew_without_what_its_file_said(shop, received, apple):
    exif = Image.Exif()
    exif[0x010F] = "secret camera"
    exif[0x0112] = 6  # lies on its side
    send(shop, received, pictures=[picture(size=(3000, 1500), exif=exif.tobytes())])
    draw_pictures()
    stored = ReviewPicture.objects.get().image
    with stored.open() as file:
        content = file.read()
    with Image.open(io.BytesIO(content)) as drawn:
        assert (drawn.format, drawn.size) == ("JPEG", (800, 1600))
        assert not dict(drawn.getexif())
    assert b"secret" not in content
    assert stored.name.startswith("reviews/")
    assert "pear" not in stored.name
    assert stored.url in shown(apple.pk)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_kinds_of_pictures_become_jpeg(shop, received, kind):
    send(shop, received, pictures=[picture(kind)])
    draw_pictures()
    assert ReviewPicture.objects.get().image.name.endswith(".jpg")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"\xff\xd8\xff\xe0 no jpeg",
        b"GIF89a" + b"\0" * 50,
        b"%!PS-Adobe",
    ],
)
def test_what_is_no_picture_is_refused_whatever_its_name_says(shop, received, content):
    answer = send(shop, received, pictures=[SimpleUploadedFile("x.jpg", content, content_type="image/jpeg")])
    assert answer.status_code == 400
    assert not Review.objects.exists()


def damaged():
    """A picture whose camera data makes no sense: its header says nothing of that."""
    png, camera = picture("PNG").read(), b"eXIf" + b"II*\0\xff"
    chunk = struct.pack(">I", len(camera) - 4) + camera + struct.pack(">I", zlib.crc32(camera))
    return SimpleUploadedFile("pear.png", png[:33] + chunk + png[33:])


def cut_off():
    whole = picture(size=(400, 400)).read()
    return SimpleUploadedFile("x.jpg", whole[: len(whole) // 2], content_type="image/jpeg")


@pytest.mark.parametrize("sent", [damaged, cut_off])
def test_a_picture_that_cannot_be_drawn_is_a_sentence_for_its_owner_and_the_review_stays(shop, received, apple, sent):
    assert send(shop, received, pictures=[sent()]).status_code == 302
    draw_pictures()
    refused = ReviewPicture.objects.get()
    assert (refused.state, refused.image.name, refused.sent.name) == ("refused", "", "")
    assert default_storage.listdir("reviews/waiting")[1] == []
    assert "could not be drawn" in shop.get(received.get_absolute_url()).content.decode()
    assert "good" in shown(apple.pk)


def test_a_picture_is_shown_to_nobody_before_it_is_drawn(shop, received, apple):
    send(shop, received, pictures=[picture()])
    assert "is being prepared" in shop.get(received.get_absolute_url()).content.decode()
    assert "reviews/" not in shown(apple.pk)
    assert draw_pictures().done == 1
    assert draw_pictures().done == 0
    assert ReviewPicture.objects.get().image.url in shown(apple.pk)
    assert "being prepared" not in shop.get(received.get_absolute_url()).content.decode()


def test_the_site_hears_of_a_published_review_again_when_its_picture_is_drawn(shop, received, apple, pear, heard):
    send(shop, received, pictures=[picture()])
    heard.clear()
    draw_pictures()
    assert heard == [ReviewPicture.objects.get().review.sku_id]


def test_a_picture_for_which_the_machine_was_too_busy_is_one_sentence_in_the_log_and_drawn_later(
    shop, received, monkeypatch, caplog
):
    def too_busy(*args, **kwargs):
        raise NotDrawn("A picture was not drawn within 50 s")

    send(shop, received, pictures=[picture()])
    with monkeypatch.context() as busy:
        busy.setattr("dailyfresh_orders.services.pictures.drawing.drawn", too_busy)
        assert draw_pictures().failed == 1
    (record,) = [one for one in caplog.records if "tried again" in one.getMessage()]
    assert not record.exc_info
    ReviewPicture.objects.update(draw_at=timezone.now())
    assert draw_pictures().done == 1


def test_a_picture_that_takes_longer_than_it_has_is_refused_after_three_tries_each_later_than_the_last(
    shop, received, monkeypatch
):
    def never(*args, **kwargs):
        raise NotDrawn("A picture was not drawn within 50 s")

    send(shop, received, pictures=[picture()])
    monkeypatch.setattr("dailyfresh_orders.services.pictures.drawing.drawn", never)
    waits = []
    for _try in range(2):
        assert draw_pictures().failed == 1
        assert draw_pictures().failed == 0
        waits.append(ReviewPicture.objects.get().draw_at - timezone.now())
        ReviewPicture.objects.update(draw_at=timezone.now())
    draw_pictures()
    assert ReviewPicture.objects.get().state == "refused"
    assert waits[1] > 1.5 * waits[0]
    assert "could not be drawn" in shop.get(received.get_absolute_url()).content.decode()
    assert default_storage.listdir("reviews/waiting")[1] == []


def test_the_drain_that_sends_mails_draws_no_picture(shop, received):
    send(shop, received, pictures=[picture()])
    drain()
    assert ReviewPicture.objects.get().state == "waiting"
    call_command("drain_orders")
    assert ReviewPicture.objects.get().state == "shown"


def away_now(*args):
    raise OSError("away")


def test_a_picture_whose_file_cannot_be_read_now_is_drawn_later(shop, received, monkeypatch):
    send(shop, received, pictures=[picture()])
    with monkeypatch.context() as away:
        away.setattr("django.db.models.fields.files.FieldFile.open", away_now)
        assert draw_pictures().failed == 1
    assert ReviewPicture.objects.get().state == "waiting"
    ReviewPicture.objects.update(draw_at=timezone.now())
    assert draw_pictures().done == 1


def test_pictures_that_cannot_be_stored_are_refused_in_words_and_nothing_is_kept(shop, received, monkeypatch):
    storage = ReviewPicture._meta.get_field("sent").storage
    whole, taken = storage.save, []

    def away_after_one(name, content, **more):
        if taken:
            raise ConnectionRefusedError("no storage")
        taken.append(whole(name, content, **more))
        return taken[0]

    monkeypatch.setattr(storage, "save", away_after_one)
    answer = send(shop, received, pictures=[picture(), picture()])
    assert answer.status_code == 503
    assert "Pictures cannot be stored right now" in answer.content.decode()
    assert not Review.objects.exists()
    assert not storage.exists(taken[0])
    monkeypatch.undo()
    assert send(shop, received, pictures=[picture()]).status_code == 302


def test_pictures_are_woken_for_when_the_review_is_committed(shop, received, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send(shop, received, pictures=[picture()])
    assert ReviewPicture.objects.get().state == "shown"


def test_what_a_small_file_unpacks_to_is_known_from_its_header(shop, received):
    heavy = io.BytesIO()
    Image.new("RGBA", (6300, 6300)).save(heavy, "PNG")
    assert len(heavy.getvalue()) < 200_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = send(shop, received, pictures=[SimpleUploadedFile("x.png", heavy.getvalue())])
    assert answer.status_code == 400
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000
    assert not Review.objects.exists()


def test_all_pictures_of_a_form_are_judged_together(shop, received):
    large = io.BytesIO()
    Image.new("1", (5500, 5500)).save(large, "PNG")
    pictures = [SimpleUploadedFile("x.png", large.getvalue()) for _ in range(5)]
    page = send(shop, received, pictures=pictures)
    assert page.status_code == 400
    assert "too many pixels together" in page.content.decode()


def test_a_picture_that_unpacks_to_gigabytes_is_refused_before_it_does(shop, received):
    small = picture("PNG").read()
    size = b"IHDR" + struct.pack(">II", 30000, 30000) + small[24:29]
    bomb = small[:12] + size + struct.pack(">I", zlib.crc32(size)) + small[33:]
    answer = send(shop, received, pictures=[SimpleUploadedFile("x.png", bomb)])
    assert answer.status_code == 400


def test_pictures_are_limited_in_number_and_size(shop, received, settings):
    assert send(shop, received, pictures=[picture() for _ in range(7)]).status_code == 400
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"REVIEW_PICTURE_BYTES": 100}
    assert send(shop, received, pictures=[picture()]).status_code == 400


def test_pictures_are_not_opened_while_something_else_is_wrong(shop, received, monkeypatch):
    opened = []
    monkeypatch.setattr("dailyfresh_orders.forms.reviews.judge", opened.append)
    page = send(shop, received, stars="", text="sweet and fresh", pictures=[picture()]).content.decode()
    assert opened == []
    assert "sweet and fresh" in page
    assert "Please choose the pictures again." in page


def test_pictures_of_a_review_that_failed_are_not_left_behind(received, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("dailyfresh_orders.services.reviewing._write", broken)
    line = received.lines.first()
    with pytest.raises(RuntimeError):
        review_order(order=received, words={line.pk: Words(stars=5, pictures=[picture()])}, anonymous=True)
    assert default_storage.listdir("reviews/waiting")[1] == []


def test_a_review_waits_for_approval_where_the_site_wants_it(shop, received, apple, settings, heard):
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"REVIEWS_MODERATED": True}
    send(shop, received)
    assert (rating_of(str(apple.pk)).count, heard) == (0, [])
    review = Review.objects.get(sku_id=str(apple.pk))
    assert moderate(review_id=review.pk, state=Review.State.PUBLISHED)
    assert not moderate(review_id=review.pk, state=Review.State.PUBLISHED)
    assert (rating_of(str(apple.pk)).count, heard) == (1, [str(apple.pk)])
    moderate(review_id=review.pk, state=Review.State.HIDDEN)
    assert (rating_of(str(apple.pk)).count, len(heard)) == (0, 2)


def written(make_order, apple, *stars):
    for n in stars:
        order = make_order({apple: 1})
        Order.objects.filter(pk=order.pk).update(state=Order.State.RECEIVED)
        review_order(order=order, words={order.lines.get().pk: Words(stars=n, text=f"{n} stars")}, anonymous=False)


def test_the_summary_counts_and_averages_in_one_statement(make_order, apple, django_assert_num_queries):
    written(make_order, apple, 5, 5, 4, 1)
    with django_assert_num_queries(1):
        rating = rating_of(str(apple.pk))
    assert (str(rating.average), rating.count) == ("3.8", 4)
    assert rating.histogram == ((5, 2, 50), (4, 1, 25), (3, 0, 0), (2, 0, 0), (1, 1, 25))
    with django_assert_num_queries(1):
        assert {sku: (str(mean), n) for sku, (mean, n) in ratings_of([str(apple.pk), "2147483646"]).items()} == {
            str(apple.pk): ("3.8", 4)
        }


def test_the_tag_takes_the_same_statements_for_one_review_as_for_many(make_order, apple, django_assert_num_queries):
    written(make_order, apple, 5)
    with django_assert_num_queries(3):
        shown(apple.pk)
    written(make_order, apple, 4, 3, 2)
    with django_assert_num_queries(3):
        assert "2 stars" in shown(apple.pk)


def test_the_goods_page_shows_the_first_reviews_and_more_on_demand(client, make_order, apple, settings):
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"PAGE_SIZE": 2}
    written(make_order, apple, 5, 4, 3)
    first = shown(apple.pk)
    url = reverse("dailyfresh_orders:reviews", args=[apple.pk])
    assert "3 stars" in first
    assert f"{url}?page=2" in first
    answer = client.get(url, {"page": 2}, headers={"X-Requested-With": "XMLHttpRequest"})
    more = answer.json()["data"]["html"]
    assert "X-Requested-With" in answer.headers["Vary"]  # no cache hands the fragment to a browser that wants the page
    assert "5 stars" in more
    assert "More reviews" not in more
    assert client.get(url).status_code == 200


def test_goods_without_reviews_say_so(apple):
    assert "No reviews yet." in shown(apple.pk)


def test_a_buyer_reads_what_they_wrote_whatever_became_of_it(shop, received, stranger, client):
    page = reverse("dailyfresh_orders:my_reviews")
    assert "1 order to review" in shop.get(page).content.decode()
    send(shop, received, text="sweet and crisp")
    moderate(review_id=Review.objects.first().pk, state=Review.State.HIDDEN)
    words = shop.get(page).content.decode()
    assert words.count("sweet and crisp") == 2
    assert words.count("Hidden") == 1
    assert received.get_absolute_url() in words
    client.force_login(stranger)
    assert "No reviews yet" in client.get(page).content.decode()
    client.logout()
    assert client.get(page).status_code == 302


def test_a_buyers_reviews_cost_the_same_however_many_there_are(shop, received, django_assert_max_num_queries):
    send(shop, received, pictures=[picture()])
    with django_assert_max_num_queries(
        6
    ):  # session, buyer, count, reviews with lines and orders, pictures, orders by state
        shop.get(reverse("dailyfresh_orders:my_reviews"))
