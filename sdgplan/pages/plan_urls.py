from django.urls import path

from sdgplan.pages import departments, reorganise
from sdgplan.pages import plan as public

app_name = "plans"
urlpatterns = [
    path("", public.home, name="home"),
    path("areas/<int:number>/", public.area, name="area"),
    path("tasks/", public.task_list, name="tasks"),
    path("tasks/<int:area_number>/<str:code>/", public.task, name="task"),
    path("departments/", departments.department_list, name="departments"),
    path("departments/<slug:department_slug>/", departments.department, name="department"),
    path("search/", public.search, name="search"),
    path("method/", public.method, name="method"),
    path("about/", public.about, name="about"),
    path("work/organisation/", reorganise.organisation, name="organisation"),
    path("work/organisation/merge/", reorganise.merge_departments, name="merge"),
    path("work/organisation/<slug:department_slug>/rename/", reorganise.rename_department, name="rename"),
    path("work/organisation/<slug:department_slug>/split/", reorganise.split_department, name="split"),
]
