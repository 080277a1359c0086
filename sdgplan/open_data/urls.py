"""Addresses of a plan's open data. They are those of the files in the data package, so that its paths hold here too."""

from django.urls import path

from sdgplan.open_data import views

app_name = "data"
urlpatterns = [
    path("", views.data_page, name="index"),
    path("datapackage.json", views.package, name="package"),
    path("sdmx/figures.csv", views.sdmx, name="sdmx"),
    path("all.zip", views.everything, name="zip"),
    path("<slug:name>.<slug:suffix>", views.table, name="table"),
]
