"""The site itself; the packages have a module of their own. Where it runs comes from the environment.

Without any variable everything is embedded: SQLite, and the Redis, FastDFS and Alipay simulator of a running
`manage.py demo`. DATABASE_URL, REDIS_URL, CACHE_URL and BROKER_URL override.
"""

from importlib.util import find_spec
from urllib.parse import urlsplit

import django
from django.contrib.messages import constants as message_levels

from .environment import *  # noqa: F403
from .environment import ALIPAY_URL, SITE_URL, VAR_DIR, env
from .packages import *  # noqa: F403
from .redis import broker, redis_cache, redis_database
from .seeing import *  # noqa: F403

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "store",  # before the packages, so that its templates win
    "dailyfresh_core",
    "dailyfresh_users",
    "dailyfresh_goods",
    "dailyfresh_goods.search",
    "dailyfresh_cart",
    "dailyfresh_orders",
    "dailyfresh_orders.fulfilment",
    "dailyfresh_promotions",
    "dailyfresh_delivery",
    "django_fdfs_storage",
    "haystack",
    "django_guid",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "store.middleware.whole_bodies",
    "django_guid.middleware.guid_middleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware"
    if django.VERSION >= (6, 0)
    else "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "dailyfresh_core.middleware.OutageMiddleware",
    "store.middleware.visitor_marker",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "store.middleware.page_for_not_allowed",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "dailyfresh_users.middleware.SessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS += ["django.forms"]
if find_spec("django_prose_editor"):  # an extra of dailyfresh-goods: details are plain HTML without it
    INSTALLED_APPS += ["django_prose_editor"]
# The words of the store's theme, and those of the admin behind them.
MESSAGE_TAGS = {message_levels.ERROR: "bad error", message_levels.WARNING: "warn warning", message_levels.INFO: "info"}

# Data ---------------------------------------------------------------------------------------------------------------

DATABASES = {"default": env.db_url_config(env("DATABASE_URL", default="") or f"sqlite:///{VAR_DIR / 'store.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # A deferred transaction that turns into a writer fails at once instead of waiting for the lock.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
elif DATABASES["default"]["ENGINE"].endswith("mysql"):
    # Optimistic stock retries have to see what was committed meanwhile.
    DATABASES["default"]["OPTIONS"] = {
        "charset": "utf8mb4",
        "isolation_level": "read committed",
        # InnoDB's own default, 50 s, would keep a web worker that long behind one locked row.
        "init_command": "SET SESSION innodb_lock_wait_timeout = 5",
        **DATABASES["default"].get("OPTIONS", {}),
    }
elif DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # Its own default is to wait without end.
    DATABASES["default"]["OPTIONS"] = {"options": "-c lock_timeout=5s", **DATABASES["default"].get("OPTIONS", {})}


# Carts and histories, the cache, and the broker each have a database: clearing the cache must not empty a cart.
REDIS_URL = env("REDIS_URL", default="") or "redis://127.0.0.1:6379/0"
DAILYFRESH_PROMOTIONS["GATE"] = "cart"  # noqa: F405
BROKER_URL = env("BROKER_URL", default="") or redis_database(REDIS_URL, 2)


CACHES = {
    "default": redis_cache(env("CACHE_URL", default="") or redis_database(REDIS_URL, 1), seconds=0.5)
    | {"KEY_PREFIX": "dailyfresh"},
    "cart": redis_cache(REDIS_URL, seconds=1),
}

# Accounts, language, security ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "dailyfresh_users.User"
LOGIN_URL = "dailyfresh_users:login"
LOGIN_REDIRECT_URL = "dailyfresh_users:profile"
LOGOUT_REDIRECT_URL = "dailyfresh_goods:home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# The gateway's page is reached by a form that redirects: without its origin there the browser stops the payment.
CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "manifest-src": ["'self'"],
    "worker-src": ["'self'"],
    "form-action": ["'self'", "{0.scheme}://{0.netloc}".format(urlsplit(ALIPAY_URL))],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
if django.VERSION >= (6, 0):
    SECURE_CSP = CSP
else:
    CONTENT_SECURITY_POLICY = {"DIRECTIVES": CSP}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = SITE_URL.startswith("https:")
SECURE_REDIRECT_EXEMPT = [r"^(healthz|livez|startz|partsz|metrics(/shop)?)$"]  # asked by machines behind the proxy
if SECURE_SSL_REDIRECT:
    # Whoever ends TLS says so (the nginx of dailyfresh-goods does); it must drop the header where a visitor sends it.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=3600) if SECURE_SSL_REDIRECT else 0
# The other hosts of the domain and the browsers' lists are for its owner to bind.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# Files --------------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "/media/"
STORAGES = {
    "default": {
        "BACKEND": "django_fdfs_storage.storage.FastDFSStorage",
        "OPTIONS": {
            "trackers": env.list("FASTDFS_TRACKERS", default=["127.0.0.1:22122"]),
            "base_url": MEDIA_URL,
        },
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Mail, tasks --------------------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="天天生鲜 <no-reply@dailyfresh.example>")
# Only what is used: Django 6.1 deprecates each EMAIL setting by itself in favour of MAILERS.
mail = env.email("EMAIL_URL", default="smtp://127.0.0.1:25")
EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = mail["EMAIL_BACKEND"], mail["EMAIL_HOST"], mail["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = mail["EMAIL_HOST_USER"], mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = mail.get("EMAIL_USE_TLS", False), mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10

CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = broker(BROKER_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # however long it is away
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# On a busy machine a process of the pool takes longer than Celery's 4 seconds to come up; each would be killed for it, and the next.
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 60
CELERY_TIMEZONE = TIME_ZONE

# The theme ----------------------------------------------------------------------------------------------------------

STORE_HOT_WORDS = {
    "zh-hans": ["阳光玫瑰", "车厘子", "大闸蟹", "牛排", "水饺", "有机"],
    "en": ["Shine Muscat", "cherries", "hairy crab", "steak", "dumplings", "organic"],
}
