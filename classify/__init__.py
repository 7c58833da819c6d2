"""Articles to findings: tags who says what of foreign troops and escalation. Keeps no state but its place on the log."""

import os

# transformers only tokenises here, and would regret at every start that PyTorch is not installed.
os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")
