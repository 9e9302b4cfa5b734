"""Staff see who waits for activation, which mails failed and where accounts are signed in; they see no password."""

from dailyfresh_core.admin.exports import Exported
from dailyfresh_core.admin.lists import ForgivingLists, NotEdited
from dailyfresh_core.admin.shop import ShopAdmin
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .models import Address, Mail, Registration, User, UserSession
from .services import end_session, request_mail

if get_user_model() is User:

    @admin.register(User)
    class AccountAdmin(Exported, ForgivingLists, UserAdmin):  # type: ignore[type-arg]
        """Django's own, whose list may be asked for anything, and taken away."""

        exported = (
            "username",
            "last_name",
            "first_name",
            "email",
            "is_active",
            "is_staff",
            "date_joined",
            "last_login",
        )
        actions = ("export",)


NAME_LOOKUP = f"user__{get_user_model().USERNAME_FIELD}"


class OfUsers(NotEdited, ShopAdmin):
    """What the shop notes of its users."""

    list_select_related = ("user",)
    show_full_result_count = False


@admin.register(Registration)
class RegistrationAdmin(OfUsers):
    """Deleting the registration of an inactive account disables it: its links are void then."""

    list_display = ("user", "registered_at", "activated_at", "email_key")
    list_filter = (("activated_at", admin.EmptyFieldListFilter), "registered_at")
    search_fields = (NAME_LOOKUP,)
    ordering = ("-registered_at",)


@admin.register(Mail)
class MailAdmin(OfUsers):
    list_display = ("user", "kind", "requested_at", "sent_at", "attempts", "due_at", "error")
    list_filter = ("kind", ("sent_at", admin.EmptyFieldListFilter))
    search_fields = (NAME_LOOKUP,)
    ordering = ("-requested_at",)
    actions = ("send_again",)

    @admin.action(description=_("Send the selected mails now"), permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: "QuerySet[Mail]") -> None:
        """Ask for each again; what is no longer needed is left out when it is sent."""
        for mail in queryset.select_related("user"):
            request_mail(user=mail.user, kind=mail.kind, origin=mail.origin)

    def has_send_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("dailyfresh_users.change_mail"))


@admin.register(UserSession)
class UserSessionAdmin(OfUsers):
    list_display = ("user", "address", "agent", "signed_in_at", "seen_at", "expires_at")
    search_fields = (NAME_LOOKUP,)
    ordering = ("-seen_at",)
    exclude = ("session_key",)

    def delete_model(self, request: HttpRequest, obj: UserSession) -> None:
        end_session(session=obj)

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[UserSession]") -> None:
        """Deleting a note signs that browser out."""
        ended = 0
        for session in queryset:
            end_session(session=session)
            ended += 1
        self.message_user(
            request, ngettext("%d browser was signed out.", "%d browsers were signed out.", ended) % ended
        )


@admin.register(Address)
class AddressAdmin(Exported, OfUsers):
    list_display = ("user", "receiver", "province", "city", "district", "street", "is_default")
    exported = ("user", "receiver", "phone", "province", "city", "district", "street", "postcode", "is_default")
    actions = ("export",)
    list_filter = ("province",)
    search_fields = (NAME_LOOKUP, "receiver", "phone")
    ordering = ("-updated_at",)

    @admin.display(boolean=True, description=_("default"))
    def is_default(self, address: Address) -> bool:
        return address.is_default
