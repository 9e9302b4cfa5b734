from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "learning_site"

    def ready(self):
        from . import joins  # noqa: F401 - connects its receiver
