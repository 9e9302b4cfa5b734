from io import StringIO
from statistics import fmean

import pytest
from dailyfresh_goods.search.indexing import rebuild
from dailyfresh_goods.search.management.commands.search_quality import rows, score
from demo import HERE, fill, use_index
from django.core.management import call_command

tables = pytest.mark.parametrize(
    ("catalogue", "table"),
    [("catalogue.tsv", "queries.tsv"), ("catalogue.tsv", "queries_blind.tsv"), ("grocer.tsv", "grocer_queries.tsv")],
)


@tables
def test_the_table_of_queries_is_answered_as_it_says_and_alike_by_both_engines(db, tmp_path, catalogue, table):
    fill(catalogue)
    answers = []
    for engine in ("whoosh", "tantivy"):
        with use_index(tmp_path, engine):
            rebuild()
            scores = score(rows(HERE / table))
        assert len(scores) >= 140
        assert fmean(one.recall for one in scores) >= 0.95
        assert fmean(one.precision for one in scores) >= 0.9
        assert not [one.row.query for one in scores if one.forbidden]
        answers.append({one.row.query: one.found for one in scores})
    assert answers[0] == answers[1]


def test_the_command_names_every_query_that_misses_and_scores_each_kind(shop, tmp_path):
    table = tmp_path / "table.tsv"
    table.write_text("names\t草莓\tstrawberry\nnames\t狮头鹅\tno-such\n# a comment\n", "utf-8")
    out = StringIO()
    call_command("search_quality", str(table), stdout=out)
    assert "狮头鹅: recall 0.00, precision 0.00; lacks no-such" in out.getvalue()
    assert "all            2 queries  recall 0.500" in out.getvalue()
