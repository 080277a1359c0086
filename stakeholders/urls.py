from django.urls import path

from stakeholders.views import (
    commitments,
    feeds,
    following,
    forums,
    papers_import,
    papers_split,
    public,
    questions,
    replies,
)

GROUP = "voices/<slug:group_slug>/"
POINT = "voices/<slug:group_slug>/<int:year>/<int:number>/"
TASK = "tasks/<int:area_number>/<str:code>/"
FORUM = "work/deliberations/<int:year>/"
PAPER = FORUM + "papers/<slug:group_slug>/"
QUESTION = FORUM + "questions/<int:number>/"
COMMITMENT = "work/commitments/<int:pk>/"

app_name = "stakeholders"
urlpatterns = [
    path("voices/", public.voices, name="voices"),
    path("voices/points/", public.opinion_list, name="opinions"),
    path("voices/editions/<int:year>/<int:number>/", public.edition, name="edition"),
    path("voices/evidence/<int:pk>/", public.evidence, name="public_evidence"),
    path(GROUP, public.group, name="group"),
    path(POINT, public.opinion, name="opinion"),
    path("work/deliberations/", forums.deliberation_list, name="deliberations"),
    path(FORUM, forums.deliberation, name="deliberation"),
    path(FORUM + "publish/", forums.papers_publish, name="papers_publish"),
    path(FORUM + "replies/", replies.replies_publish, name="replies_publish"),
    path(FORUM + "papers/", forums.paper_add, name="paper_add"),
    path(PAPER, forums.paper, name="paper"),
    path(PAPER + "points/", forums.opinion_form, name="opinion_add"),
    path(PAPER + "points/<int:number>/", forums.opinion_form, name="opinion_edit"),
    path(PAPER + "points/<int:number>/remove/", forums.opinion_remove, name="opinion_remove"),
    path(FORUM + "questions/", questions.question_add, name="question_add"),
    path(QUESTION, questions.question, name="question"),
    path(QUESTION + "edit/", questions.question_edit, name="question_edit"),
    path(QUESTION + "remove/", questions.question_remove, name="question_remove"),
    path(QUESTION + "send/", questions.question_send, name="question_send"),
    path(QUESTION + "comments/", questions.question_comment, name="question_comment"),
    path(QUESTION + "reply/", replies.reply, name="reply"),
    path(QUESTION + "drafts/<slug:department_slug>/return/", replies.reply_return, name="reply_return"),
    path(QUESTION + "consolidate/", replies.consolidate, name="consolidate"),
    path(QUESTION + "commitments/", commitments.commitment_add, name="commitment_add"),
    path("work/commitments/", commitments.commitment_list, name="commitments"),
    path("work/commitments/evidence/<int:pk>/", commitments.evidence, name="commitment_evidence"),
    path(COMMITMENT, commitments.commitment, name="commitment"),
    path(COMMITMENT + "remove/", commitments.commitment_remove, name="commitment_remove"),
    path(COMMITMENT + "reports/<int:report_pk>/", commitments.report_decide, name="report_decide"),
    path(f"{FORUM}import/", papers_import.import_papers, name="paper_import"),
    path(f"{FORUM}import/template/", papers_import.template, name="paper_import_template"),
    path(f"{FORUM}import/download/", papers_import.download, name="paper_import_download"),
    path(f"{FORUM}import/upload/", papers_import.upload, name="paper_import_upload"),
    path(f"{FORUM}import/<int:pk>/", papers_import.preview, name="paper_import_preview"),
    path(f"{FORUM}import/<int:pk>/confirm/", papers_import.confirm, name="paper_import_confirm"),
    path(f"{FORUM}papers/<slug:group_slug>/split/", papers_split.split, name="paper_split"),
    # What can be followed has its feed and its form under its page.
    *(path(f"{page}feed/", feeds.feed) for page in (GROUP, TASK, POINT)),
    *(path(f"{page}follow/", following.follow) for page in (GROUP, TASK, POINT)),
    path("following/<str:token>/confirm/", following.confirm, name="follow_confirm"),
    path("following/<str:token>/leave/", following.leave, name="follow_leave"),
]
