"""The store under test: as in production, without a broker's worker, mails in memory."""

from .base import *
from .base import BASE_DIR, DATABASES, STORAGES, VAR_DIR
