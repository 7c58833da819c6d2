"""Findings to alerts: keeps the ledger of claims and positions, and tells desks once when a position is new."""
