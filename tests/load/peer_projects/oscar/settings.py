"""A shop of django-oscar's with its API, as its documentation sets one up, in production: DEBUG off, PostgreSQL behind a pool.

Nothing is said about caches, so Oscar has what it has by default: Django's local memory, and nothing that stores a list.
"""

import os

import dj_database_url
from oscar import INSTALLED_APPS as OSCAR_APPS
from oscar.defaults import *  # noqa: F403  (the way its documentation names)

DEBUG = False
SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = ["127.0.0.1"]
DATABASES = {
    "default": {
        **dj_database_url.parse(os.environ["DATABASE_URL"]),
        "ATOMIC_REQUESTS": True,  # Oscar recommends it
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 12, "timeout": 5}},  # AQAD's
    }
}
INSTALLED_APPS = [*OSCAR_APPS, "rest_framework", "oscarapi"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
    "django.contrib.flatpages.middleware.FlatpageFallbackMiddleware",
]
AUTHENTICATION_BACKENDS = ["oscar.apps.customer.auth_backends.EmailBackend", "django.contrib.auth.backends.ModelBackend"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "oscar.apps.search.context_processors.search_form",
                "oscar.apps.checkout.context_processors.checkout",
                "oscar.apps.communication.notifications.context_processors.notifications",
                "oscar.core.context_processors.metadata",
            ]
        },
    }
]
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
# Without pages the list holds every product; as many on one as AQAD's has.
REST_FRAMEWORK = {"DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination", "PAGE_SIZE": 20}
# The default list names no price and no stock. "fields" asks for more by the setting that is there for it, "tuned" overrides the list.
match os.environ.get("OSCAR_LISTING", "default"):
    case "default":
        pass
    case "fields":
        OSCARAPI_PRODUCT_FIELDS = (
            *("url", "id", "upc", "title", "description", "date_created"),
            *("categories", "product_class", "images", "price", "availability"),
        )
    case "tuned":
        OSCARAPI_OVERRIDE_MODULES = ["tuned"]
    case other:
        raise ValueError(f"OSCAR_LISTING is default, fields or tuned, not {other}")
OSCAR_DEFAULT_CURRENCY = "AED"
SITE_ID = 1
ROOT_URLCONF = "urls"
STATIC_URL = "static/"
MEDIA_URL = "media/"
TIME_ZONE = "Asia/Dubai"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
