from django.urls import path

from accounts.views import locks, passwords, second_factor, sign_in

app_name = "accounts"
urlpatterns = [
    path("login/", sign_in.SignIn.as_view(), name="login"),
    path("login/code/", sign_in.second_factor, name="second_factor"),
    path("logout/", sign_in.sign_out, name="logout"),
    path("logout/elsewhere/", sign_in.sign_out_elsewhere, name="logout_elsewhere"),
    path("account/", second_factor.account, name="account"),
    path("second-factor/", second_factor.set_up, name="second_factor_set"),
    path("second-factor/remove/", second_factor.remove, name="second_factor_remove"),
    path("second-factor/codes/", second_factor.renew_codes, name="recovery_codes"),
    path("password/", passwords.change, name="password"),
    path("reset/", passwords.ask_reset, name="reset"),
    path("reset/sent/", passwords.reset_sent, name="reset_sent"),
    path("reset/<uidb64>/<token>/", passwords.SetNewPassword.as_view(), name="reset_confirm"),
    path("locks/", locks.locks, name="locks"),
]
