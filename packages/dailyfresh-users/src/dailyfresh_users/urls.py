"""Mount it anywhere: `path("users/", include("dailyfresh_users.urls"))`."""

from django.urls import path

from .views import addresses, centre, login, passwords, registration

app_name = "dailyfresh_users"

urlpatterns = [
    path("register/", registration.register, name="register"),
    path("register/name/", registration.name_check, name="name_check"),
    path("activate/", registration.resend, name="resend"),
    path("activate/<str:token>/", registration.activate, name="activate"),
    path("login/", login.login, name="login"),
    path("guest/", login.guest, name="guest"),
    path("logout/", login.logout, name="logout"),
    path("visitor/", login.visitor, name="visitor"),
    path("password/", passwords.password_change, name="password_change"),
    path("password/done/", passwords.password_change_done, name="password_change_done"),
    path("password/reset/", passwords.password_reset, name="password_reset"),
    path("password/reset/sent/", passwords.password_reset_done, name="password_reset_done"),
    path("password/reset/complete/", passwords.password_reset_complete, name="password_reset_complete"),
    path(
        "password/reset/<str:uidb64>/<str:token>/",
        passwords.PasswordResetConfirm.as_view(),
        name="password_reset_confirm",
    ),
    path("", centre.profile, name="profile"),
    path("security/", centre.security, name="security"),
    path("security/sessions/<int:pk>/end/", centre.session_end, name="session_end"),
    path("security/sign-out-everywhere/", centre.sign_out_everywhere, name="sign_out_everywhere"),
    path("export/", centre.export, name="export"),
    path("erase/", centre.erase, name="erase"),
    path("areas/", addresses.areas, name="areas"),
    path("addresses/", addresses.addresses, name="addresses"),
    path("addresses/add/", addresses.address_add, name="address_add"),
    path("addresses/<int:pk>/", addresses.address_edit, name="address_edit"),
    path("addresses/<int:pk>/delete/", addresses.address_delete, name="address_delete"),
    path("addresses/<int:pk>/default/", addresses.address_default, name="address_default"),
]
