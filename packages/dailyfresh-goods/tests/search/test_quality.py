from io import StringIO
from pathlib import Path

import pytest
from dailyfresh_goods.search.quality import mean, rows, score
from demo import indexed, use_index
from django.core.management import call_command

HERE = Path(__file__).parent
both = pytest.mark.parametrize("engine", ["whoosh", "tantivy"])


@both
@pytest.mark.parametrize("name", ["queries.tsv", "queries_blind.tsv"])
def test_the_table_of_queries_is_answered_as_it_says(shop, name):
    holds(HERE / name)


@both
def test_the_kinds_hold_for_goods_that_the_demo_does_not_have(db, tmp_path, engine):
    with use_index(tmp_path, engine):
        indexed("grocer.tsv")
        holds(HERE / "grocer_queries.tsv")


def holds(table):
    out = StringIO()
    call_command("search_quality", str(table), stdout=out)
    print(out.getvalue())
    scores = score(rows(table))
    assert len(scores) >= 140
    assert mean(one.recall for one in scores) >= 0.95
    assert mean(one.precision for one in scores) >= 0.9
    assert not [one.row.query for one in scores if one.forbidden]
