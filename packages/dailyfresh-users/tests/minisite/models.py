import uuid

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models


class Member(AbstractBaseUser, PermissionsMixin):
    """A user model as unlike Django's as can be: other names, other key, no full name, no date of joining."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    nickname = models.CharField(max_length=40, unique=True)
    mail = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)

    objects = BaseUserManager()
    USERNAME_FIELD = "nickname"
    EMAIL_FIELD = "mail"
    REQUIRED_FIELDS = ["mail"]

    class Meta:
        swappable = "AUTH_USER_MODEL"


class Parcel(models.Model):
    """Of another app of the site, which lets no account go that waits for one."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
