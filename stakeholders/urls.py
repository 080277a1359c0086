from django.urls import path

from .views import public

app_name = "stakeholders"
urlpatterns = [
    path("voices/", public.voices, name="voices"),
    path("voices/points/", public.opinion_list, name="opinions"),
    path("voices/<slug:group_slug>/", public.group, name="group"),
    path("voices/<slug:group_slug>/<int:year>/<int:number>/", public.opinion, name="opinion"),
]
