from django.urls import path
from django.views.generic import TemplateView

from . import views

app_name = "store"
urlpatterns = [
    path("visitor/", views.visitor, name="visitor"),
    path("usuals/", views.usuals, name="usuals"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    *(
        path(f"{name}/", TemplateView.as_view(template_name=f"store/{name}.html"), name=name)
        for name in ("about", "terms", "privacy", "kit", "offline")
    ),
]
