"""Typed settings from an environment mapping, with every problem reported at once.

Each Lambda of this project reads its settings through :class:`EnvironmentReader`, so that a
wrong deployment says everything that is wrong with it in its first log line. This package
ships in the zip of every Lambda, beside the Lambda's own.
"""

from environment.reader import EnvironmentReader, SettingsError

__all__ = ["EnvironmentReader", "SettingsError"]
