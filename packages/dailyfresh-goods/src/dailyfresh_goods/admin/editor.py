"""Long texts in the admin are written as they will be read, where django-prose-editor is installed; nh3 judges what comes of it."""

import json
from typing import Any

from django import forms
from django.apps import apps
from django.contrib.admin.widgets import AdminTextareaWidget
from django.templatetags.static import static
from django.utils.translation import get_language
from django.utils.translation import gettext as _

LIBRARY = "django_prose_editor"
CHINESE = {
    "heading 3": "大标题", "heading 4": "小标题", "paragraph": "正文", "bold": "加粗", "italic": "斜体", "underline": "下划线",
    "strike": "删除线", "unordered list": "项目列表", "ordered list": "编号列表", "blockquote": "引用", "horizontal rule": "分隔线",
    "insert link": "插入链接", "remove link": "取消链接", "Insert table": "插入表格", "undo": "撤销", "redo": "重做",
    "edit HTML": "编辑 HTML", "Edit HTML": "编辑 HTML", "Edit Link": "编辑链接", "Edit Image": "编辑图片", "Insert Table": "插入表格",
    "Table Properties": "表格", "Rows": "行", "Columns": "列", "Include header row": "带表头", "Insert": "插入", "Update": "确定",
    "Cancel": "取消", "Title": "标题", "Open in new window": "在新窗口打开", "Image URL": "图片地址", "Alternative Text": "替代文字",
    "List properties": "列表属性", "List type": "列表类型", "Start at": "起始编号", "Prettify": "整理", "Merge cells": "合并单元格",
    "Split cell": "拆分单元格", "Decimal numbers": "数字", "Lowercase letters": "小写字母", "Uppercase letters": "大写字母",
    "Lowercase Roman numerals": "小写罗马数字", "Uppercase Roman numerals": "大写罗马数字", "Bullets": "圆点",
    "The HTML contents of the editor. Note that the allowed HTML is restricted by the editor schema.":
        "编辑器里的 HTML；编辑器不认识的部分会去掉。",
}  # fmt: skip
"""The words of the library that has no Chinese of its own."""


class Editor(AdminTextareaWidget):
    """A text area that becomes the library's editor, where it is among INSTALLED_APPS."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        if apps.is_installed(LIBRARY):
            said = {
                "editor": static(f"{LIBRARY}/editor.js"),
                "words": CHINESE if (get_language() or "").startswith("zh") else {},
                "unknown": _(
                    "This text has parts that the editor does not know: it is shown as HTML, and all of it is kept."
                ),
            }
            context["widget"]["attrs"]["data-df-editor"] = json.dumps(said, ensure_ascii=False)
        return context

    @property
    def media(self) -> forms.Media:
        if not apps.is_installed(LIBRARY):
            return forms.Media()
        styles = [f"{LIBRARY}/{name}.css" for name in ("material-icons", "editor", "overrides")]
        return forms.Media(css={"all": [*styles, "dailyfresh_goods/admin.css"]}, js=["dailyfresh_goods/editing.js"])
