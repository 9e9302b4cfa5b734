from django.urls import path

from . import views

app_name = "demo"
urlpatterns = [
    path("mails/", views.mail_list, name="mails"),
    path("mails/<slug:name>/", views.mail_detail, name="mail"),
    path("mails/<slug:name>/html/", views.mail_html, name="mail_html"),
]
