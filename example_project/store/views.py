"""The pages and answers that belong to the whole store and to no package."""

from dailyfresh_cart.views import visitor_data as cart_visitor
from dailyfresh_goods.views.ajax import visitor_data as goods_visitor
from dailyfresh_users.views import visitor_data as users_visitor
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe


@never_cache
@login_not_required
@require_GET
def visitor(request: HttpRequest) -> JsonResponse:
    """What the page is not allowed to know: the visitor's token, name, cart and goods viewed last, in one answer."""
    data = {"csrf": get_token(request), **users_visitor(request), **cart_visitor(request), **goods_visitor(request)}
    return JsonResponse({"ok": True, "code": "ok", "message": "", "data": data})


@login_not_required
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Ready: this process serves pages and its database answers a statement; a node that has left its cluster connects, and no more."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("the database does not answer", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Alive: this process answers, whatever else does not."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for an icon on pages that name none, the admin's for one."""
    return redirect(static("store/images/icon.webp"), permanent=True)


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines leave alone, and where the sitemap of each language lies."""
    lines, maps = ["User-agent: *"], []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            lines.append(f"Disallow: {reverse('admin:index')}")
            maps.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemaps'))}")
    return HttpResponse("\n".join([*lines, "", *maps, ""]), content_type="text/plain")


@login_not_required
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Who runs this shop, how to reach them, and whose pictures it shows."""
    return render(request, "store/about.html")


@login_not_required
@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """What a buyer agrees to."""
    return render(request, "store/terms.html")


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What the store keeps about a visitor, and for how long."""
    return render(request, "store/privacy.html")


@login_not_required
@require_safe
def kit(request: HttpRequest) -> HttpResponse:
    """Every component of the `df-` vocabulary, drawn as its markup is documented."""
    return render(request, "store/kit.html")
