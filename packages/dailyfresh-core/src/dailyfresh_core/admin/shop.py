"""The admin that the packages' admins are: a list that takes any filter, and pages of its own beside Django's."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from .lists import ForgivingLists


class ShopAdmin(ForgivingLists, admin.ModelAdmin):  # type: ignore[type-arg]
    """A ModelAdmin whose `own_urls` are pages of its own, made by `page_at` and drawn by `page`."""

    def own_urls(self) -> Sequence[URLPattern]:
        return ()

    def get_urls(self) -> list[URLPattern]:
        return [*self.own_urls(), *super().get_urls()]

    def page_at(
        self,
        route: str,
        view: Callable[..., HttpResponseBase],
        name: str,
        *,
        needed: str = "",
        methods: Sequence[str] = ("GET", "HEAD", "POST"),
        durable: bool = False,
    ) -> URLPattern:
        """The path of a page for staff who may see these rows, or have the permission `needed` ("app.change_thing"); 403 for others.
        `durable`: outside ATOMIC_REQUESTS, where the services' own durable transactions can be.
        """

        @wraps(view)
        def allowed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not (request.user.has_perm(needed) if needed else self.has_view_permission(request)):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded = self.admin_site.admin_view(require_http_methods(methods)(allowed))
        return path(route, transaction.non_atomic_requests(guarded) if durable else guarded, name=name)

    def page(self, request: HttpRequest, template: str, title: object, **context: Any) -> TemplateResponse:
        """A page in the frame of the admin, under its model."""
        frame = {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return TemplateResponse(request, template, frame | context)
