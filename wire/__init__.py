"""What the services share: messages, the log, the consume loop, settings, telemetry. Imports no service."""
