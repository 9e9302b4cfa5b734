"""The sentences of the templates, and the catalogues that hold them."""

import re
from pathlib import Path

from demo.english import table
from django.template.loader import get_template
from django.template.utils import get_app_template_dirs
from django.templatetags.i18n import BlockTranslateNode
from django.utils.translation.trans_real import translation


def test_every_sentence_within_a_template_is_in_a_catalogue():
    """A line break between `blocktranslate` and its end makes another sentence of it, which no catalogue has."""
    keys = translation("zh-hans")._catalog.keys()
    known = {key[0] if isinstance(key, tuple) else key for key in keys}
    asked = [
        (file.name, node.render_token_list(node.singular)[0])
        for folder in map(Path, get_app_template_dirs("templates"))
        if folder.parent.name.startswith("dailyfresh_") or folder.parent.name == "store"
        for file in folder.rglob("*.html")
        for node in get_template(str(file.relative_to(folder))).template.nodelist.get_nodes_by_type(BlockTranslateNode)
    ]
    assert len(asked) > 80
    assert [(name, words) for name, words in asked if words not in known] == []


def test_every_text_of_the_demos_goods_is_there_in_english():
    said = {row["text"]: row["english"] for row in table("english")}
    columns = ("name", "promise", "keep", "bring", "title", "text", "label", "unit", "origin", "description")
    texts = {
        row[column]
        for name in ("types", "products", "more", "home")
        for row in table(name)
        for column in columns
        if re.search("[\u3400-\u9fff]", row.get(column) or "")
    }
    assert len(texts) > 600
    assert texts - said.keys() == set()
    assert [text for text in said.values() if not text or re.search("[\u3400-\u9fff]", text)] == []
