from django.urls import path

from indicators.checking.views import checks, committee
from indicators.collecting.views import evidence, grid, review, rounds, work
from indicators.exchange.views import milestones, workbooks
from indicators.figures.views import dashboard, embed, publications
from indicators.people.views import handover
from indicators.reports import views as reports
from sdgplan.pages import indicators as public
from sdgplan.pages import my_work

app_name = "indicators"
urlpatterns = [
    path("indicators/", public.indicator_list, name="indicators"),
    path("indicators/<int:area_number>/<str:code>/", public.indicator, name="indicator"),
    path("indicators/<int:area_number>/<str:code>/why/<int:year>/", public.why, name="why"),
    path(
        "indicators/<int:area_number>/<str:code>/evidence/<int:pk>/", evidence.public_download, name="public_evidence"
    ),
    path("embed/indicators/<int:area_number>/<str:code>/", embed.embed, name="embed"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("reports/", reports.report_list, name="reports"),
    path("reports/files/<int:pk>/", reports.report_file, name="report_file"),
    path("reports/files/<int:pk>/retry/", reports.retry, name="report_retry"),
    path("reports/<int:year>/<int:edition>/", reports.publication, name="publication"),
    path("reports/<int:year>/<int:edition>/<slug:kind>/", reports.report, name="report"),
    path("reports/<int:year>/<int:edition>/<slug:kind>/<path:scope>/", reports.report, name="report"),
    path("publications/<int:year>/<int:edition>/", publications.edition, name="edition"),
    path("publications/<int:year>/<int:edition>/<str:name>", publications.edition_file, name="edition_file"),
    path("work/", my_work.my_work, name="work"),
    path("work/dashboard/", dashboard.work_dashboard, name="work_dashboard"),
    path("work/evidence/<int:pk>/", evidence.download, name="evidence"),
    path("work/evidence/<int:pk>/remove/", evidence.remove, name="evidence_remove"),
    path("work/endorse/", review.endorse_home, name="endorse_home"),
    path("work/people/", handover.people, name="people"),
    path("work/people/<slug:department_slug>/", handover.department_people, name="department_people"),
    path("work/people/<str:username>/handover/", handover.handover, name="handover"),
    path("work/handovers/", handover.handover_list, name="handovers"),
    path("work/handovers/<int:pk>/", handover.handover_sheet, name="handover_sheet"),
    path("work/checks/", checks.checks, name="checks"),
    path("work/indicators/", committee.committee_list, name="committee_list"),
    path("work/indicators/<int:area_number>/<str:code>/", committee.committee_indicator, name="committee_indicator"),
    path("work/indicators/<int:area_number>/<str:code>/rating/", committee.rate, name="rate"),
    path(
        "work/indicators/<int:area_number>/<str:code>/comments/",
        committee.committee_comments,
        name="committee_comments",
    ),
    path("work/areas/<int:number>/", committee.committee_area, name="committee_area"),
    path("work/comments/<int:pk>/", committee.committee_comment, name="committee_comment"),
    path("work/revision/", committee.revision, name="revision"),
    path("work/revision/csv/", committee.revision_file, {"file_format": "csv"}, name="revision_csv"),
    path("work/revision/xlsx/", committee.revision_file, {"file_format": "xlsx"}, name="revision_xlsx"),
    path("work/milestones/", milestones.milestones, name="milestones"),
    path("work/milestones/csv/", milestones.download, {"suffix": "csv"}, name="milestones_csv"),
    path("work/milestones/xlsx/", milestones.download, {"suffix": "xlsx"}, name="milestones_xlsx"),
    path("work/milestones/upload/", milestones.upload, name="milestones_upload"),
    path("work/milestones/<int:pk>/", milestones.preview, name="milestones_preview"),
    path("work/milestones/<int:pk>/confirm/", milestones.confirm, name="milestones_confirm"),
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
