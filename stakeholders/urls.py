from django.urls import path

from .views import papers_import, papers_split, public

app_name = "stakeholders"
FORUM = "work/deliberations/<int:year>/"
urlpatterns = [
    path("voices/", public.voices, name="voices"),
    path("voices/points/", public.opinion_list, name="opinions"),
    path("voices/<slug:group_slug>/", public.group, name="group"),
    path("voices/<slug:group_slug>/<int:year>/<int:number>/", public.opinion, name="opinion"),
    # The three pages of work on forums take their places here.
    path("work/deliberations/", public.voices, name="deliberations"),
    path(FORUM, papers_import.import_papers, name="deliberation"),
    path(f"{FORUM}papers/<slug:group_slug>/", papers_split.split, name="paper"),
    path(f"{FORUM}import/", papers_import.import_papers, name="paper_import"),
    path(f"{FORUM}import/template/", papers_import.template, name="paper_import_template"),
    path(f"{FORUM}import/download/", papers_import.download, name="paper_import_download"),
    path(f"{FORUM}import/upload/", papers_import.upload, name="paper_import_upload"),
    path(f"{FORUM}import/<int:pk>/", papers_import.preview, name="paper_import_preview"),
    path(f"{FORUM}import/<int:pk>/confirm/", papers_import.confirm, name="paper_import_confirm"),
    path(f"{FORUM}papers/<slug:group_slug>/split/", papers_split.split, name="paper_split"),
]
