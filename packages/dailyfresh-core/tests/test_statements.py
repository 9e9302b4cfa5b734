from datetime import date, time
from typing import Any

import pytest
from dailyfresh_core.days import moment
from dailyfresh_core.db.statements import SAMPLES, Made, Table, asked, changed, insert, places, stored
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.sql.compiler import SQLCompiler
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


@pytest.mark.django_db
def test_the_statement_of_a_query_set_is_made_once_and_asked_with_other_values(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [Letter.objects.create(attempts=n, error="50%").pk for n in range(4)]
    rows = Letter.objects.filter(pk__in=SAMPLES[:2], attempts__gte=SAMPLES[2], error="50%").order_by("-attempts")
    made = Made(rows.annotate(twice=F("attempts") * 2).only("attempts"), *SAMPLES[:3])
    monkeypatch.setattr(SQLCompiler, "as_sql", lambda *args, **more: pytest.fail("made anew"))
    assert [(row.pk, row.twice) for row in made(keys[1], keys[3], 0)] == [(keys[3], 6), (keys[1], 2)]
    assert [row.attempts for row in made(keys[0], keys[2], 1)] == [2]


@pytest.mark.django_db
def test_values_of_a_made_statement_are_those_that_the_orm_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    at = moment(date(2026, 11, 30), time(9))
    key = Letter.objects.create(attempts=1, due_at=at).pk
    rows = Letter.objects.annotate(twice=F("attempts") * 2).values_list("due_at", "twice", "sent_at")
    expected = list(rows.filter(pk=key))
    with pytest.raises(ValueError, match="does not ask"):  # it would be asked with the sample for ever
        Made(rows.filter(pk=SAMPLES[0]), str(SAMPLES[0]))
    made = Made(rows.filter(pk=SAMPLES[0]), SAMPLES[0])
    monkeypatch.setattr(SQLCompiler, "as_sql", lambda *args, **more: pytest.fail("made anew"))
    assert made.values(key) == expected == [(at, 2, None)]


@pytest.mark.django_db
def test_a_row_that_is_there_already_is_no_error_where_that_is_said_and_an_update_says_how_many_rows_it_met() -> None:
    kinds = [ContentType(app_label="minisite", model=name) for name in ("one", "two")]
    assert insert(kinds[:1]) == 1
    assert insert(kinds, new=False) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(kinds)
    kind = Table(ContentType)
    sql = f"UPDATE {kind} SET {kind['model']} = LOWER({kind.model}) WHERE {kind.model} IN (%s, %s)"
    assert [changed(sql, names, of=ContentType) for names in (["one", "two"], ["one", "none"])] == [2, 1]
