"""What needs every service at once: the all-in-one process, the demo's view of it, replay, compare, doctor. Holds no logic of a service."""
