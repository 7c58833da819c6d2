"""The ledger: claims, each side's positions on them, alerts, subscriptions, deliveries. The only package that speaks SQL."""
