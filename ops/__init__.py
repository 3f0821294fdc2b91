"""The operator's program: see the system, tune it, use it in an incident."""
