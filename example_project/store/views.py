"""The pages and answers that belong to the whole store and to no package."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from dailyfresh_cart.views import visitor_data as cart_visitor
from dailyfresh_core.http.answers import envelope, signed_in, wants_json
from dailyfresh_delivery.views import visitor_data as delivery_visitor
from dailyfresh_goods.views.ajax import visitor_data as goods_visitor
from dailyfresh_orders.views.messages import visitor_data as orders_visitor
from dailyfresh_users.views import visitor_data as users_visitor
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.decorators import permission_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from .health import asked, parts, query
from .usuals import usuals_of


@never_cache
@require_GET
def visitor(request: HttpRequest) -> JsonResponse:
    """What the page is not allowed to know: the visitor's token, name, cart, unread messages and goods viewed last, in one answer."""
    parts = [users_visitor, cart_visitor, goods_visitor, orders_visitor]
    if "viewed" in request.GET:  # the page of goods says when they would come
        parts.append(delivery_visitor)
    data = {"csrf": get_token(request)} | {key: value for part in parts for key, value in part(request).items()}
    return JsonResponse({"ok": True, "code": "ok", "message": "", "data": data})


@signed_in
@require_safe
def usuals(request: HttpRequest) -> HttpResponse:
    """What the buyer orders again and again: a page, and for the home page, which is the same for all, a part of it."""
    context = {**usuals_of(request.user), "current": "usuals"}
    if wants_json(request):
        return envelope({"html": render_to_string("store/_usuals.html", context, request) if context["cards"] else ""})
    return render(request, "store/usuals.html", context)


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Ready: this process serves pages and its database answers a statement."""
    database = asked("database", query)
    said = "ok" if database.well else "the database does not answer"
    return HttpResponse(said, status=200 if database.well else 503, content_type="text/plain")


@require_safe
def started(request: HttpRequest) -> HttpResponse:
    """Started: the tables are as this release needs them, so that it can be made ready; asked until it is so, and not again."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return HttpResponse("the database does not answer", status=503, content_type="text/plain")
    said = f"{len(missing)} migrations are missing" if missing else "ok"
    return HttpResponse(said, status=503 if missing else 200, content_type="text/plain")


@never_cache
@require_safe
def health_of_parts(request: HttpRequest) -> JsonResponse:
    """Every part of the shop for people and their watchers; 503 while one of them is not well."""
    with translation.override("en"):
        found = list(parts())
    well = all(part.well for part in found)
    return JsonResponse(
        {"well": well, "parts": {part.name: asdict(part) for part in found}}, status=200 if well else 503
    )


@never_cache
@staff_member_required
@permission_required("dailyfresh_users.change_user", raise_exception=True)
def parts_page(request: HttpRequest) -> HttpResponse:
    """Every part of the shop for its staff: what works in the background, and what is behind."""
    context = {
        **admin.site.each_context(request),
        "title": gettext("How each part of the shop is"),
        "parts": list(parts()),
    }
    return render(request, "store/parts.html", context)


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Alive: this process answers, whatever else does not."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for an icon on pages that name none, the admin's for one."""
    return redirect(static("store/images/icon.webp"), permanent=True)


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """What a telephone needs to keep the shop among its programs."""
    icons = [
        {
            "src": static(f"store/images/icon-{side}.png"),
            "sizes": f"{side}x{side}",
            "type": "image/png",
            "purpose": purpose,
        }
        for side in (192, 512)
        for purpose in ("any", "maskable")
    ]
    home = reverse("dailyfresh_goods:home")
    about = {"name": gettext("Daily Fresh"), "short_name": gettext("Daily Fresh"), "lang": translation.get_language()}
    look = {"display": "standalone", "background_color": "#f5f8f4", "theme_color": "#1a7f3c"}
    where = {"id": "/", "start_url": home, "scope": "/"}
    return JsonResponse({**about, **where, **look, "icons": icons}, content_type="application/manifest+json")


@never_cache
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps a page for when there is no network; its name for what it keeps changes with the files."""
    pages = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            pages[reverse("dailyfresh_goods:home")] = reverse("store:offline")
    files = [static(f"store/{name}") for name in ("kit.css", "theme.js", "offline.js", "images/art-cart.webp")]
    kept = json.dumps({"files": [*pages.values(), *files], "pages": pages}, sort_keys=True)
    context = {"kept": kept, "name": hashlib.sha256(kept.encode()).hexdigest()[:12]}
    return render(request, "store/sw.js", context, content_type="text/javascript")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines leave alone, and where the sitemap of each language lies."""
    lines, maps = ["User-agent: *"], []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            lines.append(f"Disallow: {reverse('admin:index')}")
            maps.append(f"Sitemap: {settings.SITE_URL.rstrip('/')}{reverse('sitemaps')}")
    return HttpResponse("\n".join([*lines, "", *maps, ""]), content_type="text/plain")


def at_site_url(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view answers as if it were asked at SITE_URL: what search engines keep must not name the host that somebody came by."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        site = urlsplit(settings.SITE_URL)
        asked_at = {"HTTP_HOST": site.netloc, "wsgi.url_scheme": site.scheme, "HTTP_X_FORWARDED_PROTO": site.scheme}
        request.META.update(asked_at)
        return view(request, *args, **kwargs)

    return answered
