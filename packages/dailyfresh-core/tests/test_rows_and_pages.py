import re
from typing import Any

import pytest
from dailyfresh_core.db.rows import in_order, in_portions, lock_in_order, portions_of
from dailyfresh_core.paging import window
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import F
from django.template import Context, Template
from django.test import Client
from django.utils.translation import override
from minisite.models import Letter


@pytest.mark.django_db
@pytest.mark.parametrize("size", [1, 3, 4, 100])
def test_all_rows_come_once_in_order_a_portion_at_a_time(size: int, django_assert_num_queries: Any) -> None:
    Letter.objects.bulk_create([Letter() for _ in range(7)])
    keys = list(Letter.objects.order_by("pk").values_list("pk", flat=True))
    with django_assert_num_queries(7 // size + 1):
        assert [row.pk for row in in_portions(Letter.objects.all(), size)] == keys
    assert [row.pk for row in in_portions(Letter.objects.all(), size, newest_first=True)] == keys[::-1]


@pytest.mark.django_db
def test_one_update_takes_its_rows_in_order_where_it_would_not_by_itself(
    django_assert_num_queries: Any,
) -> None:
    Letter.objects.bulk_create([Letter() for _ in range(3)])
    with django_assert_num_queries(1) as asked:
        assert in_order(Letter.objects.all(), by="-pk").update(id=F("id")) == 3
    postgresql = connection.vendor == "postgresql"
    assert ("DESC FOR NO KEY UPDATE)" in asked.captured_queries[0]["sql"]) == postgresql
    with django_assert_num_queries(postgresql) as asked:
        lock_in_order(Letter.objects.all(), by="-pk")
    assert all(each["sql"].endswith(" DESC FOR NO KEY UPDATE") for each in asked.captured_queries)


def test_many_keys_come_in_portions() -> None:
    assert [list(some) for some in portions_of(range(5), 2)] == [[0, 1], [2, 3], [4]]
    assert list(portions_of([], 2)) == []


@pytest.mark.parametrize(
    ("number", "pages", "shown"),
    [(1, 1, [1]), (1, 9, [1, 2, 3, 4, 5]), (5, 9, [3, 4, 5, 6, 7]), (9, 9, [5, 6, 7, 8, 9]), (2, 3, [1, 2, 3])],
)
def test_a_pager_shows_five_numbers_around_the_current_one(number: int, pages: int, shown: list[int]) -> None:
    assert list(window(number, pages)) == shown


def test_a_page_alone_is_whole(client: Client) -> None:
    html = client.get("/page/").content.decode()
    for part in (
        "<title>A page</title>",
        "dailyfresh_core/alone.css",
        "jquery-4.0.0.min.js",
        "dailyfresh_core/ajax.js",
        ">★<",
    ):
        assert part in html
    assert "The network is not answering" in html
    with override("en"):  # what the middleware activates would stay for the tests that follow
        chinese = client.get("/page/", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "网络没有响应" in chinese


def test_a_pager_leads_to_the_pages_around_and_to_the_first_and_keeps_what_is_asked_beside() -> None:
    page = Paginator(range(200), 10).get_page(7)
    text = Template("{% load dailyfresh_core %}{% pager page 'state=used' %}").render(Context({"page": page}))
    assert re.findall(r'href="([^"]+)"', text) == [
        f"?state=used&amp;page={number}" for number in (6, 1, 5, 6, 7, 8, 9, 8)
    ]
    assert text.count("aria-current") == 1
    one = Paginator(range(9), 10).get_page(1)
    assert Template("{% load dailyfresh_core %}{% pager page %}").render(Context({"page": one})).strip() == ""
