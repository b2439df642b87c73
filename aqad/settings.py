"""AQAD's settings, fed from the environment by `aqad.env`. With nothing set, everything runs embedded (docs/settings.md)."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from aqad import env
from aqad.core import logs
from aqad.core.pooled import PooledConnection

# --- Where we are ---------------------------------------------------------------------------------------------------

BASE_DIR = env.BASE_DIR
env.load_dotenv(BASE_DIR / ".env")
STATE_DIR = Path(env.text("AQAD_STATE_DIR", str(BASE_DIR / ".aqad")))
EMBEDDED = not env.text("DATABASE_URL")
DEBUG = env.flag("DEBUG")
MIGRATING = "migrate" in sys.argv[1:2]

try:
    _made_in = STATE_DIR / "secrets" if EMBEDDED else None
    SECRET_KEY = env.secret("SECRET_KEY", made_in=_made_in)
    JWT_SIGNING_KEY = env.secret("JWT_SIGNING_KEY", made_in=_made_in)
    # Each key's forerunners are believed and never used to sign (docs/runbook.md, "Changing a key").
    SECRET_KEY_FALLBACKS = env.earlier_secrets("SECRET_KEY_FALLBACKS")
    JWT_PREVIOUS_KEYS = env.earlier_secrets("JWT_PREVIOUS_KEYS")
    SANDBOX_WEBHOOK_SECRET = env.text("SANDBOX_WEBHOOK_SECRET") or ",".join(f"sandbox-{key}" for key in (SECRET_KEY, *SECRET_KEY_FALLBACKS))
    PUBLIC_URL = env.text("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
    if urlsplit(PUBLIC_URL).scheme not in {"http", "https"} or not urlsplit(PUBLIC_URL).hostname:
        raise env.EnvError("PUBLIC_URL must be the address people use, such as https://aqad.example.")
    RATE_LIMIT_SCALE = env.number("RATE_LIMIT_SCALE", 1.0)
    if RATE_LIMIT_SCALE == 0 and not DEBUG:
        raise env.EnvError("RATE_LIMIT_SCALE=0 switches the limits off and is refused unless DEBUG is on.")
    TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", 0, most=10)
    PAYMENT_GATEWAY = env.choice("PAYMENT_GATEWAY", "sandbox", ("sandbox", "stripe"))
    PAYMENT_WINDOW_MINUTES = env.integer("PAYMENT_WINDOW_MINUTES", 30, least=1)
    ACCEPTANCE_WINDOW_HOURS = env.integer("ACCEPTANCE_WINDOW_HOURS", 48, least=1)
    AUTO_ASSIGN_DELIVERIES = env.flag("AUTO_ASSIGN_DELIVERIES")
    IMPORT_CREATES_CATEGORIES = env.flag("IMPORT_CREATES_CATEGORIES", default=True)
    STAFF_TWO_FACTOR = env.flag("STAFF_TWO_FACTOR")
    CLAMD_URL = env.scanner("CLAMD_URL")
    EVENTS_BROKER_URL = env.amqp("EVENTS_BROKER_URL")
    WEB_REQUESTS_AT_ONCE = env.integer("WEB_REQUESTS_AT_ONCE", 4, least=1)
    SLOW_QUERY_MS = env.integer("SLOW_QUERY_MS", 200)
    env.require_package("OTEL_EXPORTER_OTLP_ENDPOINT", "opentelemetry.exporter.otlp.proto.http")
    env.require_package("SENTRY_DSN", "sentry_sdk")
    METRICS_PORT = env.integer("METRICS_PORT", 0, most=65535)
    _mail = env.email(env.text("EMAIL_URL")) if env.text("EMAIL_URL") else {}
    STRIPE_SECRET_KEY = env.text("STRIPE_SECRET_KEY")
    STRIPE_PUBLISHABLE_KEY = env.text("STRIPE_PUBLISHABLE_KEY")
    STRIPE_WEBHOOK_SECRET = env.text("STRIPE_WEBHOOK_SECRET")
    if PAYMENT_GATEWAY == "stripe" and not (STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET):
        raise env.EnvError("PAYMENT_GATEWAY=stripe needs STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET.")
except env.EnvError as error:
    raise ImproperlyConfigured(str(error)) from None

STRIPE_API_BASE = env.text("STRIPE_API_BASE")  # another address for the SDK, for tests against a local server
_https = PUBLIC_URL.startswith("https://")
_host = str(urlsplit(PUBLIC_URL).hostname)
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", f"{_host},localhost,127.0.0.1")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# --- The house ------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "aqad.core",
    "aqad.audit",
    "aqad.accounts",
    "aqad.retailers",
    "vendors",
    "catalog",
    "payments",
    "orders",
    "deliveries",
    "aqad.notifications",
    "aqad.dashboard",
    "aqad.core.admin_app.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "corsheaders",
    "csp",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "aqad.urls"
WSGI_APPLICATION = "aqad.wsgi.application"

# The way of a request: each hop refuses before the next does any work (a test holds this order).
MIDDLEWARE = [
    "aqad.core.middleware.RequestIdMiddleware",
    "aqad.core.middleware.TrailingSlashMiddleware",
    "aqad.accounts.middleware.RateLimitMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "aqad.core.middleware.PrivacyHeadersMiddleware",
    "aqad.core.middleware.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "aqad.core.middleware.CorsMiddleware",
    "aqad.core.middleware.PlainPathMiddleware",
    "aqad.core.stored.StoredListMiddleware",
    "aqad.accounts.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "aqad.accounts.middleware.AuthenticationMiddleware",
    "aqad.accounts.middleware.SessionCompanyMiddleware",
    "aqad.accounts.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "aqad.core.replica.ReadYourWritesMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [("django.template.loaders.cached.Loader", ["aqad.core.lean.Files", "aqad.core.lean.AppFiles"])],
            "builtins": ["aqad.core.templatetags.quick_url"],
            "libraries": {"i18n": "aqad.core.templatetags.quick_i18n"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "aqad.dashboard.web.shell.shell",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# --- Database -------------------------------------------------------------------------------------------------------


# Whose waits are bounded: the application's role, also while the owner of the tables migrates.
DATABASE_ROLE = "" if EMBEDDED else str(dj_database_url.parse(env.text("DATABASE_URL")).get("USER") or "")


def _postgres(url: str) -> dict[str, Any]:
    database: dict[str, Any] = {**dj_database_url.parse(url)}
    options: dict[str, Any] = dict(database.get("OPTIONS", {}).items())
    pool_size = env.integer("DATABASE_POOL_SIZE", 12)  # 0 where PgBouncer pools
    if MIGRATING:
        options["options"] = "-c lock_timeout=0 -c statement_timeout=0"
    elif pool_size:
        # A pool that has lost its server asks again every few seconds, not after minutes.
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 5, "reconnect_timeout": 5, "connection_class": PooledConnection}
        options["prepare_threshold"] = 2  # of what goes through aqad.core.statements
    return {**database, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True, "DISABLE_SERVER_SIDE_CURSORS": True, "OPTIONS": options}


def _replica(url: str) -> dict[str, Any]:
    """No pool: each thread keeps its connection, which `aqad.core.replica` must be able to give up when nobody answers on it."""
    database: dict[str, Any] = {**dj_database_url.parse(url)}
    options = {"connect_timeout": 2, "tcp_user_timeout": 3000, **database.get("OPTIONS", {})}
    limits = {"CONN_MAX_AGE": 60, "DISABLE_SERVER_SIDE_CURSORS": True, "TEST": {"MIRROR": "default"}}
    return {**database, **limits, "OPTIONS": options}


def _sqlite(path: Path) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32000;",
        },
        "TEST": {"NAME": str(path.with_name(f"test-{path.name}"))},
    }


DATABASES: dict[str, dict[str, Any]] = {
    "default": _sqlite(STATE_DIR / "aqad.sqlite3")
    if EMBEDDED
    else _postgres((env.text("MIGRATION_DATABASE_URL") if MIGRATING else "") or env.text("DATABASE_URL")),
}
if env.text("DATABASE_REPLICA_URL") and not MIGRATING:
    DATABASES["replica"] = _replica(env.text("DATABASE_REPLICA_URL"))
DATABASE_ROUTERS = ["aqad.core.replica.CatalogueRouter"]

# --- Cache, queue ---------------------------------------------------------------------------------------------------

REDIS_URL = env.text("REDIS_URL")
_REDIS: dict[str, Any] = {
    "LOCATION": REDIS_URL,
    "KEY_PREFIX": "aqad",
    "OPTIONS": {
        "CLIENT_CLASS": "django_redis.client.DefaultClient",
        "SOCKET_CONNECT_TIMEOUT": 0.25,
        "SOCKET_TIMEOUT": 0.25,
        "CONNECTION_POOL_KWARGS": {"max_connections": 100},
    },
}
CACHES: dict[str, dict[str, Any]] = (
    {
        "default": {"BACKEND": "aqad.core.cache.SafeRedisCache", **_REDIS},
        "limits": {"BACKEND": "aqad.core.counters.LimitCounters", **_REDIS},
    }
    if REDIS_URL
    else {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "aqad", "OPTIONS": {"MAX_ENTRIES": 20_000}}}
)
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
RATELIMIT_ENABLE = RATE_LIMIT_SCALE > 0
RATELIMIT_USE_CACHE = "limits" if REDIS_URL else "default"
# `i18n` is meant to be ours instead of Django's; without Redis there is one process, whose own memory counts rightly.
SILENCED_SYSTEM_CHECKS = ["templates.W003", *([] if REDIS_URL else ["django_ratelimit.E003", "django_ratelimit.W001"])]

CELERY_BROKER_URL = env.text("CELERY_BROKER_URL")
CELERY_TASK_ALWAYS_EAGER = not CELERY_BROKER_URL
CELERY_TASK_EAGER_PROPAGATES = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "notifications.*": {"queue": "notifications"},
    "payments.*": {"queue": "payments"},
    "catalog.import*": {"queue": "imports"},
}
# Without max_retries a request would knock at a broker that is away for seconds; workers reconnect by a setting of their own.
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {"max_retries": 0, "write_timeout": 1}
    if CELERY_BROKER_URL.startswith("amqp")
    else {"visibility_timeout": 3600, "socket_timeout": 5, "socket_connect_timeout": 0.25, "max_retries": 0}
)
CELERY_BROKER_CONNECTION_TIMEOUT = 1.0
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CHANNEL_ERROR_RETRY = True  # a worker waits for a broker that is full, too, instead of ending
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Asia/Dubai"
CELERY_BEAT_SCHEDULE_FILENAME = str(STATE_DIR / "celerybeat-schedule")
# Seconds, or a time of day in the UAE: a pace of a day would never come due where a release every day starts beat anew.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep the outbox": {"task": "audit.sweep_outbox", "schedule": 60.0},
    "send waiting mails": {"task": "notifications.send_waiting_mails", "schedule": 60.0},
    "ask the gateway about open payments": {"task": "payments.reconcile", "schedule": 30.0},
    "send refunds to the gateway": {"task": "payments.send_refunds", "schedule": 60.0},
    "expire unpaid orders": {"task": "orders.expire_unpaid", "schedule": 60.0},
    "cancel unaccepted orders": {"task": "orders.cancel_unaccepted", "schedule": 300.0},
    "remind of waiting orders": {"task": "orders.remind_unaccepted", "schedule": 300.0},
    "deliver the sandbox bank's webhooks": {"task": "payments.send_sandbox_webhooks", "schedule": 30.0},
    "tell of expiring documents": {"task": "vendors.warn_of_expiring_documents", "schedule": crontab(hour=7, minute=0)},
    "continue imports": {"task": "catalog.import_waiting", "schedule": 60.0},
    "forget old searches": {"task": "catalog.forget_searches", "schedule": crontab(hour=2, minute=10)},
    "forget what has expired": {"task": "core.forget_expired", "schedule": 3_600.0},
    "forget old sign-ins": {"task": "accounts.forget_expired", "schedule": 3_600.0},
    "delete what is over its time": {"task": "audit.apply_retention", "schedule": crontab(hour=2, minute=20)},
    "remove files nobody owns": {"task": "core.remove_orphan_files", "schedule": crontab(hour=2, minute=30)},
    "check the invariants": {"task": "core.check_invariants", "schedule": crontab(hour=3, minute=0)},
}
if EVENTS_BROKER_URL:
    CELERY_BEAT_SCHEDULE["publish events left over"] = {"task": "audit.sweep_events", "schedule": 10.0}

# --- Files ----------------------------------------------------------------------------------------------------------

MEDIA_CDN_URL = env.text("MEDIA_CDN_URL").rstrip("/")
_own_url = "/media/"
AWS_STORAGE_BUCKET_NAME = env.text("AWS_STORAGE_BUCKET_NAME")
_bucket = {
    "bucket_name": AWS_STORAGE_BUCKET_NAME,
    "endpoint_url": env.text("AWS_S3_ENDPOINT_URL") or None,
    "file_overwrite": False,
    "default_acl": None,
}
STORAGES: dict[str, dict[str, Any]] = {
    "staticfiles": {"BACKEND": "aqad.core.storage.StaticStorage"},
    # Papers: private, reachable only through a view that checks the scope, or by a URL that lives a minute.
    "default": {"BACKEND": "aqad.core.bucket.Bucket", "OPTIONS": {**_bucket, "location": "private", "querystring_expire": 60}}
    if AWS_STORAGE_BUCKET_NAME
    else {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(STATE_DIR / "files" / "private")}},
    # Product images and logos: public, under random names, cacheable for ever.
    "public": {
        "BACKEND": "aqad.core.bucket.PublicBucket",
        "OPTIONS": {
            **_bucket,
            "location": "public",
            "base_url": f"{MEDIA_CDN_URL}/public/" if MEDIA_CDN_URL else _own_url,
            "object_parameters": {"CacheControl": "public, max-age=31536000, immutable"},
        },
    }
    if AWS_STORAGE_BUCKET_NAME
    else {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(STATE_DIR / "files" / "public"), "base_url": f"{MEDIA_CDN_URL}/" if MEDIA_CDN_URL else _own_url},
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("AQAD_STATIC_DIR", str(STATE_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 12
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

# --- Mail -----------------------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "AQAD <orders@aqad.test>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAIL_DIR = STATE_DIR / "mails"
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend" if _mail else "aqad.core.mail.FolderBackend"
globals().update(_mail)

# --- Signing in -----------------------------------------------------------------------------------------------------

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTHENTICATION_BACKENDS = ["aqad.accounts.backends.LimitedBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "aqad.accounts.passwords.MixedCharactersValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
STEP_UP_URL = "/account/step-up"
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=7),
    "SIGNING_KEY": JWT_SIGNING_KEY,
    "ALGORITHM": "HS256",
    "ISSUER": "aqad",
    "AUDIENCE": "aqad",
    "UPDATE_LAST_LOGIN": False,
}
SESSION_COOKIE_AGE = 24 * 3600
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
CSRF_FAILURE_VIEW = "aqad.core.pages.csrf_failure"

# --- Security headers -----------------------------------------------------------------------------------------------

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_SSL_REDIRECT = _https
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # probes come from inside, over plain HTTP
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_media_hosts = [f"{urlsplit(MEDIA_CDN_URL).scheme}://{urlsplit(MEDIA_CDN_URL).netloc}"] if MEDIA_CDN_URL else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", *_media_hosts],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
CORS_ALLOWED_ORIGINS = env.items("CORS_ALLOWED_ORIGINS", "http://localhost:3000" if EMBEDDED else "")
CORS_ALLOW_CREDENTIALS = True
CORS_URLS_REGEX = r"^/api/.*$"
CORS_ALLOW_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
CORS_ALLOW_HEADERS = ["authorization", "content-type", "accept", "idempotency-key", "x-request-id", "x-csrftoken"]
CORS_EXPOSE_HEADERS = [
    "X-Request-ID", "Idempotency-Replayed", "Retry-After", "ETag", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset",
]  # fmt: skip

# --- The API --------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "aqad.accounts.authentication.BearerAuthentication",
        "aqad.accounts.authentication.CookieAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["aqad.core.permissions.RolePermission"],
    "DEFAULT_PARSER_CLASSES": [
        "aqad.core.parsing.StrictJSONParser",
        "rest_framework.parsers.FormParser",
        "aqad.core.parsing.StrictMultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": ["aqad.core.rendering.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "aqad.core.rendering.Negotiation",
    "DEFAULT_VERSIONING_CLASS": "aqad.core.versioning.AcceptVersioning",
    "DEFAULT_VERSION": "1",
    "ALLOWED_VERSIONS": ["1"],
    "DEFAULT_SCHEMA_CLASS": "aqad.core.schema.AutoSchema",
    "EXCEPTION_HANDLER": "aqad.core.handler.answer_exception",
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "AQAD API",
    "DESCRIPTION": "Suppliers in the UAE sell cartons to shops. Money is AED as a decimal string, times are ISO 8601.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "Role": "aqad.accounts.api.serializers.ANY_ROLE",
        "Position": "aqad.accounts.statuses.Position",
        "PartnerPosition": ["dispatcher", "driver"],
        "CompanyStatus": "aqad.accounts.statuses.CompanyStatus",
        "DocumentStatus": "vendors.statuses.DocumentStatus",
        "ProductStatus": "catalog.statuses.ProductStatus",
        "OfferStatus": ["published", "draft"],
        "OrderStatus": "orders.statuses.OrderStatus",
        "CartProblem": "orders.statuses.CartProblem",
        "PaymentMethod": "payments.statuses.Method",
        "PaymentStatus": "payments.statuses.PaymentStatus",
        "AttemptStatus": "payments.statuses.AttemptStatus",
        "DeliveryStatus": "deliveries.statuses.DeliveryStatus",
    },
    "SERVERS": [{"url": PUBLIC_URL}],
}

# --- Words and times ------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ar", _("Arabic"))]
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Dubai"
LOCALE_PATHS = [BASE_DIR / "aqad" / "locale"]
APPEND_SLASH = False

# --- Logs, metrics, traces -----------------------------------------------------------------------------------------------------------

RELEASE_ID = env.text("RELEASE_ID")  # which build this is: a tag or a commit, in traces, error reports and the doctor's list
LOG_LEVEL = env.text("LOG_LEVEL", "INFO")
LOGGING_CONFIG = None
logs.configure(level=LOG_LEVEL, as_json=not DEBUG)
env.shared_folder("PROMETHEUS_MULTIPROC_DIR")
OTEL_EXPORTER_OTLP_ENDPOINT = env.text("OTEL_EXPORTER_OTLP_ENDPOINT")
SENTRY_DSN = env.text("SENTRY_DSN")
