"""Gauges that are the same whichever process is asked: apps register their collectors here when they start."""

from prometheus_client import CollectorRegistry

TRADE = CollectorRegistry(auto_describe=False)
