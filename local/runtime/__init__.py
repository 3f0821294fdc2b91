"""Deployed bundles, run by AWS's own runtime client under AWS's own emulator of Lambda.

- :mod:`local.runtime.tools` fetches both, hash-locked, into ``.cache``;
- :mod:`local.runtime.bundle` takes a function's zip out of the account and makes it run here:
  the project's files as deployed, the wheels of the same lock file for this machine;
- :mod:`local.runtime.sandbox` is one running copy of a function;
- :mod:`local.runtime.fleet` is several, which take turns, and their logs;
- ``moved_clock/`` moves the time that a sandbox sees.
"""
