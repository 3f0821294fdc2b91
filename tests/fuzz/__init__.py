"""Fuzzing of everything that reads what others wrote, for a bounded time.

Plain runs draw a fixed number of inputs from fixed seeds; ``pytest tests/fuzz --long`` goes on for
a minute with each reader, from seeds of its own. A failing input is shrunk and printed.
"""
