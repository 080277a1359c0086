from django.urls import path

from .views import feeds, following, public

GROUP = "voices/<slug:group_slug>/"
POINT = "voices/<slug:group_slug>/<int:year>/<int:number>/"
TASK = "tasks/<int:area_number>/<str:code>/"

app_name = "stakeholders"
urlpatterns = [
    path("voices/", public.voices, name="voices"),
    path("voices/points/", public.opinion_list, name="opinions"),
    path(GROUP, public.group, name="group"),
    path(POINT, public.opinion, name="opinion"),
    # What can be followed has its feed and its form under its page.
    *(path(f"{page}feed/", feeds.feed) for page in (GROUP, TASK, POINT)),
    *(path(f"{page}follow/", following.follow) for page in (GROUP, TASK, POINT)),
    path("following/<str:token>/confirm/", following.confirm, name="follow_confirm"),
    path("following/<str:token>/leave/", following.leave, name="follow_leave"),
]
