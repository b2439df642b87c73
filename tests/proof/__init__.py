"""The proof kit: what records every call, lets many act at one moment, stands between two parts, and judges what is left.

It knows nothing of races or faults; those are lists of rounds that are played with it. docs/trust.md says how to run them.
"""
