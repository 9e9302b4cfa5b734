"""A foreign site with strict habits and no service of its own."""

SECRET_KEY = "only for tests"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django_fdfs_storage",
    "minisite",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:", "ATOMIC_REQUESTS": True}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = False
CSRF_USE_SESSIONS = True
ROOT_URLCONF = "minisite.urls"
STATIC_URL = "/site/static/"
MEDIA_URL = "/site/media/"
ALLOWED_HOSTS = ["*"]
STORAGES = {
    "default": {"BACKEND": "django_fdfs_storage.storage.FastDFSStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
