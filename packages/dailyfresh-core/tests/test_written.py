from datetime import date, time

import pytest
from dailyfresh_core.days import moment
from dailyfresh_core.written import Table, asked, places, stored
from django.contrib.sessions.models import Session


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
