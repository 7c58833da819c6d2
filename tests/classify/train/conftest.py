"""Tests of training need PyTorch, which only `make train-env` installs; elsewhere they are not collected."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("torch") else ["test_calibrate.py", "test_gate.py", "test_network.py", "test_training.py"]
