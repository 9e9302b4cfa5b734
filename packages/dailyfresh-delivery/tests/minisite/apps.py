from django.apps import AppConfig


class MinisiteConfig(AppConfig):
    name = "minisite"
