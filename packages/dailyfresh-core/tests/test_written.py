from datetime import date, time
from typing import Any

import pytest
from dailyfresh_core.days import moment
from dailyfresh_core.written import Table, asked, insert, places, stored
from django.contrib.sessions.models import Session
from minisite.models import Letter


@pytest.mark.django_db
def test_a_statement_that_is_written_out_names_columns_by_their_fields_and_compares_moments_as_they_are_stored() -> (
    None
):
    late, early = (moment(date(2026, 11, day), time(9)) for day in (30, 1))
    Session.objects.bulk_create([Session(session_key=key, expire_date=at) for key, at in (("a", early), ("b", late))])
    session = Table(Session)
    sql = f"SELECT {session.session_key} FROM {session} WHERE {session.session_key} IN ({places('abc')}) AND {session.expire_date} > %s"
    values = [*"abc", stored(Session, "expire_date", early)]
    assert asked(sql, values, of=Session) == [("b",)]
    assert str(session) in sql
    assert str(session)[0] == str(session)[-1] != "d"  # quoted


@pytest.mark.django_db
def test_rows_whose_keys_nobody_asks_for_are_one_statement_and_as_the_orm_writes_them(
    django_assert_num_queries: Any,
) -> None:
    at = moment(date(2026, 11, 30), time(9))
    for write in (Letter.objects.bulk_create, insert):
        with django_assert_num_queries(1):
            write([Letter(error=f"%s {n}", due_at=at) for n in range(2)])
    with django_assert_num_queries(0):
        insert([])
    rows = list(Letter.objects.order_by("pk").values_list("error", "due_at", "sent_at", "attempts"))
    assert rows[:2] == rows[2:] == [("%s 0", at, None, 0), ("%s 1", at, None, 0)]
