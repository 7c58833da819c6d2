"""The desk: web pages on which people read claims and alerts and subscribe to them. Reads and writes through alerts.ledger alone."""
