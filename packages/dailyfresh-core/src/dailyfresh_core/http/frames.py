"""The frame that a site gives the pages of a package, looked at once: is there room for all that they bring?"""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.checks import CheckMessage, Warning
from django.http import HttpRequest
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template
from django.templatetags.static import static

BLOCKS = ("title", "package_head", "content", "package_scripts")
"""What the packages' pages fill. The last two they add to, so that nothing of their frame goes."""
HINT = 'The site\'s "dailyfresh_core/base.html" says where they go in its own base: docs/frontend.md of the project shows it.'


def check_frame(conf: Any, *files: str, id: str) -> list[CheckMessage]:
    """A warning that names the blocks and static files that are lost on the pages of the package with these settings.

    Its `base.html` is rendered once. One that asks for what is not there at a check, a database perhaps, is not judged.
    `files` are the package's own; the core's scripts are looked for as well.
    """
    template = f"{conf.NAME.lower()}/base.html"
    files = (*files, "dailyfresh_core/ajax.js", *filter(None, [conf.JQUERY_URL]))
    try:
        page = _rendered(template)
        lost = [f"the block {name}" for name in BLOCKS if _mark(name) not in page]
        lost += [file for file in files if static(file) not in page]
    except (TemplateDoesNotExist, TemplateSyntaxError) as error:
        return [Warning(f"{template} cannot be rendered: {type(error).__name__}: {error}", hint=HINT, id=id)]
    except Exception:  # noqa: BLE001 - a site's base may ask for anything, and raise what it likes
        return []
    return [Warning(f"Pages on {template} lose {', '.join(lost)}.", hint=HINT, id=id)] if lost else []


def _mark(name: str) -> str:
    return f"dailyfresh-{name}"


def _rendered(template: str) -> str:
    blocks = "".join(f"{{% block {name} %}}{{{{ block.super }}}}{_mark(name)}{{% endblock %}}" for name in BLOCKS)
    backend: Any = get_template(template).backend  # type: ignore[attr-defined]
    request: Any = HttpRequest()
    request.method, request.path, request.path_info = "GET", "/", "/"
    host = next((host.lstrip(".") for host in settings.ALLOWED_HOSTS if host != "*"), "localhost")
    request.META |= {"HTTP_HOST": host, "SERVER_NAME": host, "SERVER_PORT": "80"}
    request.user, request.session = AnonymousUser(), import_module(settings.SESSION_ENGINE).SessionStore()
    page: str = backend.from_string(f'{{% extends "{template}" %}}{blocks}').render({}, request)
    return page
