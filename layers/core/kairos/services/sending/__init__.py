"""Sending: decide, reserve, call, settle; at most once per step, and never silently forgotten."""
