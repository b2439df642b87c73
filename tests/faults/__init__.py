"""Faults of everything AQAD stands on, made while trade goes on: `python -m tests.proof faults`."""
