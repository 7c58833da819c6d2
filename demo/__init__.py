"""The small world that `make demo` plays: outlets, their feeds and pages, the loopback server. Imports no service."""
