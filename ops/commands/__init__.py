"""The commands: what they are called, what they ask for, and what their answers look like.

Each module has ``register(app)``, which :mod:`ops.program` calls.
"""
