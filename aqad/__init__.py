"""AQAD: the B2B wholesale marketplace where suppliers in the UAE sell cartons to shops."""

from aqad.celery import app as celery_app

__all__ = ["celery_app"]
