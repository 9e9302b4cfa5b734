from io import StringIO
from pathlib import Path

import pytest
from dailyfresh_goods.search.quality import mean, rows, score
from django.core.management import call_command

TABLE = Path(__file__).with_name("queries.tsv")


@pytest.mark.parametrize("engine", ["whoosh", "tantivy"])
def test_the_table_of_queries_is_answered_as_it_says(shop):
    out = StringIO()
    call_command("search_quality", str(TABLE), stdout=out)
    print(out.getvalue())
    scores = score(rows(TABLE))
    assert len(scores) >= 150
    assert mean(one.recall for one in scores) >= 0.95
    assert mean(one.precision for one in scores) >= 0.9
    assert not [one.row.query for one in scores if one.forbidden]
