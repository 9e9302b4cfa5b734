"""The catalogue at the root, in an address of its own for every language but the first."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

urlpatterns = i18n_patterns(path("", include("dailyfresh_goods.urls")), prefix_default_language=False)
