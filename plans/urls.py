from django.urls import path

from . import views

app_name = "plans"
urlpatterns = [
    path("", views.home, name="home"),
    path("areas/<int:number>/", views.area, name="area"),
    path("tasks/", views.task_list, name="tasks"),
    path("tasks/<int:area_number>/<str:code>/", views.task, name="task"),
    path("departments/", views.department_list, name="departments"),
    path("departments/<slug:department_slug>/", views.department, name="department"),
    path("search/", views.search, name="search"),
    path("method/", views.method, name="method"),
    path("about/", views.about, name="about"),
]
