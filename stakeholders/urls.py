from django.urls import path

from . import views

app_name = "stakeholders"
urlpatterns = [
    path("voices/", views.voices, name="voices"),
    path("voices/points/", views.opinion_list, name="opinions"),
    path("voices/<slug:group_slug>/", views.group, name="group"),
    path("voices/<slug:group_slug>/<int:year>/<int:number>/", views.opinion, name="opinion"),
]
