from django.urls import path

from .views import evidence, grid, handover, public, reports, review, rounds, work, workbooks

app_name = "indicators"
urlpatterns = [
    path("indicators/", public.indicator_list, name="indicators"),
    path("indicators/<int:area_number>/<str:code>/", public.indicator, name="indicator"),
    path(
        "indicators/<int:area_number>/<str:code>/evidence/<int:pk>/", evidence.public_download, name="public_evidence"
    ),
    path("reports/", reports.report_list, name="reports"),
    path("reports/files/<int:pk>/", reports.report_file, name="report_file"),
    path("reports/files/<int:pk>/retry/", reports.retry, name="report_retry"),
    path("reports/<int:year>/<int:edition>/", reports.publication, name="publication"),
    path("reports/<int:year>/<int:edition>/<slug:kind>/", reports.report, name="report"),
    path("reports/<int:year>/<int:edition>/<slug:kind>/<path:scope>/", reports.report, name="report"),
    path("work/", work.my_work, name="work"),
    path("work/evidence/<int:pk>/", evidence.download, name="evidence"),
    path("work/evidence/<int:pk>/remove/", evidence.remove, name="evidence_remove"),
    path("work/endorse/", review.endorse_home, name="endorse_home"),
    path("work/people/", handover.people, name="people"),
    path("work/people/<slug:department_slug>/", handover.department_people, name="department_people"),
    path("work/people/<str:username>/handover/", handover.handover, name="handover"),
    path("work/handovers/", handover.handover_list, name="handovers"),
    path("work/handovers/<int:pk>/", handover.handover_sheet, name="handover_sheet"),
    path("work/rounds/", rounds.round_list, name="rounds"),
    path("work/rounds/<int:year>/", rounds.round_board, name="round"),
    path(
        "work/rounds/<int:year>/departments/<slug:department_slug>/", rounds.round_department, name="round_department"
    ),
    path("work/rounds/<int:year>/change/", rounds.change_round, name="round_change"),
    path("work/rounds/<int:year>/open/", rounds.open_round, name="round_open"),
    path("work/rounds/<int:year>/remind/", rounds.remind, name="round_remind"),
    path("work/rounds/<int:year>/extend/", rounds.extend_round, name="round_extend"),
    path("work/rounds/<int:year>/close/", rounds.close_round, name="round_close"),
    path("work/rounds/<int:year>/publish/", rounds.publish_round, name="round_publish"),
    path("work/rounds/<int:year>/review/", review.review_queue, name="review_queue"),
    path("work/rounds/<int:year>/endorse/", review.endorse_queue, name="endorse_queue"),
    path("work/rounds/<int:year>/grid/", grid.grid, name="grid"),
    path("work/rounds/<int:year>/workbook/", workbooks.workbook, name="workbook"),
    path("work/rounds/<int:year>/workbook/download/", workbooks.download, name="workbook_download"),
    path("work/rounds/<int:year>/workbook/upload/", workbooks.upload, name="workbook_upload"),
    path("work/rounds/<int:year>/workbook/<int:pk>/", workbooks.preview, name="workbook_preview"),
    path("work/rounds/<int:year>/workbook/<int:pk>/confirm/", workbooks.confirm, name="workbook_confirm"),
    path("work/rounds/<int:year>/<int:area_number>/<str:code>/", work.result, name="result"),
    path("work/rounds/<int:year>/<int:area_number>/<str:code>/evidence/", evidence.add, name="evidence_add"),
    path("work/rounds/<int:year>/<int:area_number>/<str:code>/review/", review.review_result, name="review"),
    path("work/rounds/<int:year>/<int:area_number>/<str:code>/endorse/", review.endorse_result, name="endorse"),
    path("work/rounds/<int:year>/<int:area_number>/<str:code>/correct/", review.correct_result, name="correct"),
    path("work/rounds/<int:year>/<int:area_number>/<str:code>/comments/", review.comment_result, name="comments"),
]
