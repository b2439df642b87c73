"""Pages and summaries that join several domains; health, invariants, the demo."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardConfig(AppConfig):
    name = "aqad.dashboard"
    label = "dashboard"
    verbose_name = _("Dashboard")

    def ready(self) -> None:
        from aqad.core import metrics
        from aqad.dashboard.ops.metrics import TradeCollector

        metrics.TRADE.register(TradeCollector())
