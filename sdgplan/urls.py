"""The map of addresses. Everything of a plan stands under its slug."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from accounts.views.sign_in import admin_login, sign_out
from sdgplan.open_data import views as data_views
from sdgplan.pages import house as views

# The admin has no entrance of its own: one page signs in, one signs out, one changes the password.
admin.site.login = admin_login
admin.site.logout = sign_out
admin.site.password_change = RedirectView.as_view(pattern_name="accounts:password")

urlpatterns = [
    path("", views.home, name="home"),
    path("data.json", data_views.catalogue, name="catalogue"),
    path("plans/<slug:slug>/data/", include("sdgplan.open_data.urls")),
    path("plans/<slug:slug>/", include("sdgplan.pages.plan_urls")),
    path("plans/<slug:slug>/", include("sdgplan.pages.indicator_urls")),
    path("plans/<slug:slug>/", include("stakeholders.urls")),
    path("accounts/home/", views.start, name="start"),
    path("accounts/", include("accounts.urls")),
    path("style-guide/", views.style_guide, name="style_guide"),
    path("api/v1/", include("sdgplan.api.urls")),
    path("admin/", admin.site.urls),
    path("favicon.ico", views.favicon),
]

handler400 = "sdgplan.pages.house.bad_request"
handler403 = "sdgplan.pages.house.forbidden"
handler404 = "sdgplan.pages.house.not_found"
handler500 = "sdgplan.pages.house.server_error"
