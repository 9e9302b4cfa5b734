"""Accounts and what stands beside them, whatever the site's user model is."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LONGEST_NEXT = 1000
"""Characters of an address that a registration leads on to."""


class User(AbstractUser):
    """The account of a site that chose `AUTH_USER_MODEL = "dailyfresh_users.User"`: columns as `auth.User`."""

    class Meta(AbstractUser.Meta):
        swappable = "AUTH_USER_MODEL"
        # People sign in and reset their password by e-mail: a table scan each time without it.
        indexes = [models.Index(fields=["email"], name="dailyfresh_users_email")]


class Registration(models.Model):
    """The state of an account that was opened by its owner.

    An inactive account is *pending* while its registration waits for activation, and *disabled by
    staff* in any other case. Nobody owns an e-mail address before activation proved it: until
    then `email_key` is NULL and several pending accounts may name the same address. `next` is where its
    owner was going: the link of the mail leads on there, in whatever browser it is opened. A *guest* is an
    account without password and address that one browser shops with.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="dailyfresh_registration",
        verbose_name=_("account"),
    )
    email_key = models.CharField(
        _("confirmed e-mail"), max_length=255, null=True, blank=True, unique=True, editable=False
    )
    registered_at = models.DateTimeField(_("registered at"), default=timezone.now, editable=False)
    activated_at = models.DateTimeField(_("activated at"), null=True, blank=True, editable=False)
    next = models.CharField(max_length=LONGEST_NEXT, blank=True, editable=False)
    guest = models.BooleanField(_("guest"), default=False, editable=False)

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        indexes = [models.Index(fields=["activated_at", "registered_at"], name="dailyfresh_users_pending")]

    def __str__(self) -> str:
        return str(self.user)


class Mail(models.Model):
    """One mail that somebody asked for; the drain sends it, whoever dies on the way.

    Due while `due_at` is not NULL and past: a worker claims it by moving `due_at` on, so that a
    claim of a dead worker runs out by itself.
    """

    class Kind(models.TextChoices):
        ACTIVATION = "activation", _("activation")
        PASSWORD_RESET = "password_reset", _("password reset")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="dailyfresh_mails", verbose_name=_("account")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    language = models.CharField(_("language"), max_length=35)
    origin = models.CharField(_("site"), max_length=300)
    next = models.CharField(max_length=LONGEST_NEXT, blank=True, editable=False)
    requested_at = models.DateTimeField(_("requested at"), default=timezone.now)
    due_at = models.DateTimeField(_("next attempt"), null=True, default=timezone.now, db_index=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    error = models.CharField(_("last error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.user}"


class Erasure(models.Model):
    """An account that is gone and that others have yet to forget; deleted once every receiver of `account_erased` has."""

    user_id = models.CharField(_("account"), max_length=255, help_text=_("Primary key of the account that was erased."))
    erased_at = models.DateTimeField(_("erased at"), default=timezone.now)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")

    def __str__(self) -> str:
        return self.user_id


class UserSession(models.Model):
    """One place where an account is signed in."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="dailyfresh_sessions", verbose_name=_("account")
    )
    session_key = models.CharField(max_length=64, unique=True, editable=False)
    signed_in_at = models.DateTimeField(_("signed in at"), default=timezone.now, editable=False)
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires at"), editable=False, db_index=True)
    address = models.GenericIPAddressField(_("IP address"), null=True, editable=False)
    agent = models.CharField(_("browser"), max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def __str__(self) -> str:
        return f"{self.user} {self.address or ''}".rstrip()


class Address(models.Model):
    """Where an account has goods sent; names of the areas are kept as they were when it was written."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="dailyfresh_addresses", verbose_name=_("account")
    )
    receiver = models.CharField(_("receiver"), max_length=30)
    phone = models.CharField(_("mobile number"), max_length=11)
    province_code = models.CharField(max_length=2, editable=False)
    city_code = models.CharField(max_length=4, editable=False)
    district_code = models.CharField(max_length=12, editable=False)
    province = models.CharField(_("province"), max_length=40, editable=False)
    city = models.CharField(_("city"), max_length=40, editable=False)
    district = models.CharField(_("district"), max_length=40, editable=False)
    street = models.CharField(_("street and house"), max_length=120)
    postcode = models.CharField(_("postcode"), max_length=6, blank=True)
    default_slot = models.PositiveSmallIntegerField(null=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            # 1 or NULL: a conditional constraint is silently missing on MariaDB, this one is not.
            models.UniqueConstraint(fields=["user", "default_slot"], name="dailyfresh_users_one_default"),
        ]

    def __str__(self) -> str:
        return f"{self.receiver}, {self.district}"

    @property
    def is_default(self) -> bool:
        """Whether the checkout offers this address first."""
        return self.default_slot == 1
