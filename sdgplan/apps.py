from django.apps import AppConfig


class HouseConfig(AppConfig):
    name = "sdgplan"
    verbose_name = "공통"
