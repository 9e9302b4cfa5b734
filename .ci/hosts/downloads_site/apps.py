from django.apps import AppConfig, apps


class DownloadsConfig(AppConfig):
    name = "downloads_site"

    def ready(self):
        if apps.is_installed("dailyfresh_orders"):  # the shop can be taken out again
            from . import joins  # noqa: F401 - connects its receiver
