from django.urls import path

from . import views

app_name = "dailyfresh_fulfilment"

urlpatterns = [
    path("", views.waves, name="waves"),
    path("worker.js", views.worker, name="worker"),
    path("<slug:number>/", views.box, name="box"),
    path("<slug:number>/pick/", views.pick, name="pick"),
    path("<slug:number>/finish/", views.finish, name="finish"),
]
