"""Articles to findings: tags who says what of foreign troops and escalation. Keeps no state but its place on the log."""
