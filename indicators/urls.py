from django.urls import path

from .views import public, review, work

app_name = "indicators"
urlpatterns = [
    path("indicators/", public.indicator_list, name="indicators"),
    path("indicators/<int:area_number>/<str:code>/", public.indicator, name="indicator"),
    path("work/", work.my_work, name="work"),
    path("work/rounds/", review.round_list, name="rounds"),
    path("work/rounds/<int:year>/", review.round_board, name="round"),
    path("work/rounds/<int:year>/open/", review.open_round, name="round_open"),
    path("work/rounds/<int:year>/close/", review.close_round, name="round_close"),
    path("work/rounds/<int:year>/extend/", review.extend_round, name="round_extend"),
    path("work/rounds/<int:year>/publish/", review.publish_round, name="round_publish"),
    path("work/rounds/<int:year>/<int:area_number>/<str:code>/", work.result, name="result"),
    path("work/rounds/<int:year>/<int:area_number>/<str:code>/review/", review.review_result, name="review"),
    path("work/rounds/<int:year>/<int:area_number>/<str:code>/correct/", review.correct_result, name="correct"),
]
