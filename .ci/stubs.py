"""What a checker without Django's plugin reads of the modules that declare models, forms and admin pages: a stub beside each, in the wheel.

mypy learns of its plugin that `CharField(null=True)` is `str | None` on a row; pyright has none, and every row would be of an unknown
type to it, with every function that takes or gives one. The stub is the module again: signatures for bodies, a type for each field, and
without the options that Django's own classes declare. It is written when a wheel is built, of the source alone: nothing is imported.

A package joins by its `hatch_build.py`; a source archive takes this file along. `stubs.py FILE` prints the stub of one module.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

WHOLE, TEXT = ("float | int | str", "int"), ("str | int", "str")
FIELDS = {
    "BigIntegerField": WHOLE,
    "BinaryField": ("bytes | bytearray | memoryview", "bytes | memoryview"),
    "BooleanField": ("str | bool", "bool"),
    "CharField": TEXT,
    "DateField": ("str | _datetime.date", "_datetime.date"),
    "DateTimeField": ("str | _datetime.datetime | _datetime.date", "_datetime.datetime"),
    "DecimalField": ("str | float | _decimal.Decimal", "_decimal.Decimal"),
    "GenericIPAddressField": ("str | int", "str"),
    "JSONField": ("_Any", "_Any"),
    "PositiveIntegerField": WHOLE,
    "PositiveSmallIntegerField": WHOLE,
    "SlugField": TEXT,
    "SmallIntegerField": WHOLE,
    "TextField": ("str", "str"),
    "TimeField": ("str | _datetime.time", "_datetime.time"),
}
"""Field -> what a row takes and what it gives, as django-stubs say."""
GENERIC = {
    "BaseInlineFormSet": 3,
    "BaseModelFormSet": 2,
    "Manager": 1,
    "ModelAdmin": 1,
    "ModelChoiceField": 1,
    "ModelForm": 1,
    "SetPasswordForm": 1,
    "Sitemap": 1,
    "StackedInline": 2,
    "TabularInline": 2,
    "TextField": 2,
    "UserAdmin": 1,
}
"""Classes that cannot be given their types at run time -> how many."""
DECLARED = re.compile(
    r"actions|actions_on_(bottom|top)|\w+_form_template|change_list_template|list_\w+|search_(fields|help_text)|\w+_fields|fields|fieldsets"
    r"|exclude|extra|form|formset|formfield_overrides|filter_\w+|fk_name|inlines|date_hierarchy|(min|max)_num|model|ordering|sortable_by"
    r"|save_as|save_on_top|show_\w+|can_delete|view_on_site|template|title|parameter_name|verbose_name|verbose_name_plural"  # admin
    r"|name|label|path|default|default_auto_field"  # apps
    r"|atomic|dependencies|initial|operations|replaces|run_before"  # migrations
    r"|changefreq|priority|protocol|i18n|limit"  # sitemaps
    r"|form_class|success_url|template_name|http_method_names|widget|hidden_widget|input_type|default_(error_messages|validators)"
    r"|help|requires_\w+_checks|stealth_options"  # commands
    r"|TRANSLATED|exported|named|both|shipped_help"
)
"""Attributes that a base declares, of Django or of dailyfresh-core: what a subclass makes of one has the same type."""
UNASKED = ("constraints", "indexes")
HEAD = """import datetime as _datetime
import decimal as _decimal
from typing import Any as _Any, ClassVar as _ClassVar, Self as _Self
from django.contrib.auth.models import _User
from django.db import models as _models
from django.db.models.expressions import Combinable as _Combinable
"""


def parsed(text: str) -> ast.stmt:
    return ast.parse(text).body[0]


def last(node: ast.expr) -> str:
    """`models.CharField` -> CharField"""
    return ast.unparse(node).rpartition(".")[2]


def whole(node: ast.expr) -> ast.expr:
    """`admin.ModelAdmin` -> admin.ModelAdmin[_Any]"""
    if not (many := GENERIC.get(last(node))):
        return node
    return ast.parse(f"{ast.unparse(node)}[{', '.join(['_Any'] * many)}]", mode="eval").body


class Stub:
    """The stub of one module; `worth` says whether it says more than the module."""

    def __init__(self, source: str, homes: dict[str, str]) -> None:
        self.homes, self.needed, self.worth = homes, set[str](), False
        tree = ast.parse(source)
        self.local = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
        body = [ast.unparse(node) for node in self.statements(tree.body)]
        imports = sorted(f"from {homes[name]} import {name} as _{name}" for name in self.needed)
        self.text = "\n".join([HEAD, *imports, *body]) + "\n"

    def statements(self, body: Iterable[ast.stmt], owner: ast.ClassDef | None = None) -> Iterator[ast.stmt]:
        for node in body:
            match node:
                case ast.Import() | ast.ImportFrom():
                    yield node
                case ast.AnnAssign():
                    node.annotation = whole(node.annotation)
                    yield node
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    node.body = [parsed("...")]
                    yield node
                case ast.ClassDef():
                    yield self.of_class(node)
                case ast.Assign(targets=[ast.Name()]):
                    yield from self.assigned(node, owner) if owner else [self.of_module(node)]
                case ast.If() | ast.Try():
                    for part in (node, *getattr(node, "handlers", ())):
                        part.body = list(self.statements(part.body, owner)) or [ast.Pass()]
                    node.orelse = list(self.statements(node.orelse, owner))
                    yield node

    def of_class(self, node: ast.ClassDef) -> ast.ClassDef:
        held = list(self.held(node))
        self.worth |= any(last(base) in GENERIC for base in node.bases)
        node.bases = [whole(base) for base in node.bases]
        node.body = [*self.statements(node.body, node), *held] or [parsed("...")]
        return node

    def of_module(self, node: ast.Assign) -> ast.stmt:
        """What `from_queryset` makes is a manager with the methods of the class."""
        name = ast.unparse(node.targets[0])
        if not isinstance(node.value, ast.Call) or last(node.value.func) != "from_queryset":
            self.worth |= name.islower() and name[:1] != "_"
            return node
        queryset = self.local[ast.unparse(node.value.args[0])]
        methods = [one for one in queryset.body if isinstance(one, ast.FunctionDef) and one.name[:1] != "_"]
        return ast.ClassDef(name, [whole(ast.parse("models.Manager", mode="eval").body)], [], methods, [])

    def held(self, owner: ast.ClassDef) -> Iterator[ast.stmt]:
        """What its methods write on an object."""
        targets = (
            node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None) for node in owner.body
        )
        known = {node.id for node in targets if isinstance(node, ast.Name)} | {
            getattr(node, "name", "") for node in owner.body
        }
        for method in owner.body:
            if not isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            given = {one.arg: one.annotation for one in [*method.args.args, *method.args.kwonlyargs] if one.annotation}
            for node in ast.walk(method):
                match node:
                    case ast.AnnAssign(target=ast.Attribute(value=ast.Name(id="self"), attr=name), annotation=said):
                        pass
                    case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)], value=value):
                        said = given.get(value.id) if isinstance(value, ast.Name) else None
                    case _:
                        continue
                if name not in known:
                    known.add(name)
                    yield parsed(f"{name}: {ast.unparse(said) if said else '_Any'}")

    def assigned(self, node: ast.Assign, owner: ast.ClassDef) -> Iterator[ast.stmt]:
        name = ast.unparse(node.targets[0])
        options = owner.name in ("Meta", "Media")
        if isinstance(node.value, ast.Call) and (said := self.of_field(node.value, owner)):
            self.worth = True
            yield parsed(f"{name}: {said}")
        elif name in UNASKED if options else owner.bases and DECLARED.fullmatch(name):
            self.worth = True
        else:
            self.worth |= options
            yield node

    def of_field(self, call: ast.Call, owner: ast.ClassDef) -> str:
        """The type of what is made by `call`; a field of a model may be NULL."""
        made, function = last(call.func), ast.unparse(call.func)
        null = any(one.arg == "null" and ast.unparse(one.value) == "True" for one in call.keywords)
        if function == "models.Manager":
            return "_ClassVar[models.Manager[_Self]]"
        if function.startswith("models.") and (made in FIELDS or made in ("ForeignKey", "OneToOneField")):
            takes, gives = FIELDS.get(made) or [self.target(call.args[0], owner)] * 2
            none = " | None" if null else ""
            return f"_models.{made}[{takes} | _Combinable{none}, {gives}{none}]"
        return ast.unparse(whole(call.func)) if made.lstrip("_")[:1].isupper() else ""

    def target(self, to: ast.expr, owner: ast.ClassDef) -> str:
        """The class that a relation leads to."""
        if ast.unparse(to) == "settings.AUTH_USER_MODEL":
            return "_User"  # the site's own, where the plugin knows it
        name = to.value.rpartition(".")[2] if isinstance(to, ast.Constant) else ast.unparse(to)
        if name == "self":
            return owner.name
        if isinstance(to, ast.Name) or name in self.local:
            return name
        if name in self.homes:
            self.needed.add(name)
            return f"_{name}"
        return "_Any"


def stubs(package: Path) -> Iterator[tuple[str, str]]:
    """(path inside the wheel, text) of each module of a package that has one."""
    sources = {path: path.read_text(encoding="utf-8") for path in sorted(package.rglob("*.py"))}
    modules = {
        path: ".".join(path.relative_to(package.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in sources
    }
    homes = {
        node.name: modules[path]
        for path, text in sources.items()
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef) and "models" in modules[path]
    }
    for path, text in sources.items():
        stub = Stub(text, homes)
        if stub.worth:
            yield path.relative_to(package.parent).with_suffix(".pyi").as_posix(), stub.text


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # asked for one module
    pass
else:

    class Stubs(BuildHookInterface[Any]):
        """Puts them in the wheel; a source archive gets this file, of which its own wheel will be built."""

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            here = Path(__file__).resolve()
            if self.target_name == "sdist" and here.parent != Path(self.root):
                build_data["force_include"][str(here)] = here.name
            if self.target_name == "wheel" and version == "standard":
                self.folder = TemporaryDirectory()  # until the wheel is built
                [package] = (path.parent for path in Path(self.root).glob("src/*/__init__.py"))
                for number, (place, text) in enumerate(stubs(package)):
                    made = Path(self.folder.name) / f"{number}.pyi"
                    made.write_text(text, encoding="utf-8")
                    build_data["force_include"][str(made)] = place


if __name__ == "__main__":
    asked = Path(sys.argv[1]).resolve()
    root = next(path for path in asked.parents if path.parent.name == "src")
    print(dict(stubs(root)).get(asked.relative_to(root.parent).with_suffix(".pyi").as_posix(), "It has none."))
