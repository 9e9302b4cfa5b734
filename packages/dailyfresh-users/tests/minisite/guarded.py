"""The URLs of a site whose staff sign in at the door of this package."""

from dailyfresh_users.views import staff_login
from django.urls import path

from .urls import urlpatterns as open_patterns

urlpatterns = [path("admin/login/", staff_login), *open_patterns]
