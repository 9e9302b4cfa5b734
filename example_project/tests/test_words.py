"""The sentences of the templates, and the catalogues that hold them."""

import re
from gettext import GNUTranslations
from pathlib import Path

from demo.english import table
from django.apps import apps
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


def test_no_package_speaks_as_a_grocer():
    """What is sold is the site's: a course, a book, a ticket. The grocer's words are the store's."""
    words = re.compile(
        r"\b(fresh|fruits?|vegetables?|grocer\w*|harvest|farm|kitchen|delicious|your (door|table))\b|新鲜|水果|蔬菜|生鲜|餐桌|天天",
        re.I,
    )
    said = []
    for config in apps.get_app_configs():
        catalogue = Path(config.path, "locale", "zh_Hans", "LC_MESSAGES", "django.mo")
        if config.name.startswith("dailyfresh_") and catalogue.exists():
            with catalogue.open("rb") as file:
                texts = GNUTranslations(file)._catalog.items()  # type: ignore[attr-defined]
            said += [(config.label, *pair) for pair in texts if words.search(f"{pair[0]} {pair[1]}")]
    assert said == []


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
