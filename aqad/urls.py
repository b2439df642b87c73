"""Every address of AQAD. API paths have no trailing slash (TrailingSlashMiddleware strips one)."""

from django.contrib import admin
from django.urls import include, path, re_path

from aqad.core.files import mark, public_file
from aqad.dashboard.api.views import healthz, metrics_page, readyz
from aqad.dashboard.web.doctor import doctor_page

urlpatterns = [
    # Looked through from above: what is asked most comes first.
    path("api/", include("orders.api.urls")),
    path("api/", include("catalog.api.urls")),
    path("api/", include("aqad.accounts.api.urls")),
    path("api/", include("aqad.retailers.api.urls")),
    path("api/", include("vendors.api.urls")),
    path("api/", include("payments.api.urls")),
    path("api/", include("deliveries.api.urls")),
    path("api/", include("aqad.notifications.api.urls")),
    path("api/", include("aqad.audit.api.urls")),
    path("api/", include("aqad.dashboard.api.urls")),
    path("", include("catalog.web.urls")),
    path("", include("orders.web.urls")),
    path("", include("payments.web.urls")),
    path("", include("deliveries.web.urls")),
    path("", include("vendors.web.urls")),
    path("", include("aqad.retailers.web.urls")),
    path("", include("aqad.accounts.web.urls")),
    path("", include("aqad.notifications.web.urls")),
    path("", include("aqad.dashboard.web.urls")),
    re_path(r"^media/(?P<name>[a-z]+/[0-9a-f]{32}\.webp)$", public_file),
    path("favicon.ico", mark),
    path("admin/doctor/", admin.site.admin_view(doctor_page), name="doctor"),
    path("admin/", admin.site.urls),
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics_page),
]

handler400 = "aqad.core.pages.bad_request"
handler403 = "aqad.core.pages.forbidden"
handler404 = "aqad.core.pages.not_found"
handler500 = "aqad.core.pages.server_error"
