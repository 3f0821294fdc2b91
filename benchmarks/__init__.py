"""Measures speed and scale against peers, in one run, as ratios with budgets: ``make bench``.

What is measured, a module for each group of figures:

- :mod:`benchmarks.cold_start`, :mod:`benchmarks.memory`, :mod:`benchmarks.size`: starting;
- :mod:`benchmarks.first_seen`, :mod:`benchmarks.handler`, :mod:`benchmarks.emulator`: deciding;
- :mod:`benchmarks.get_user`, :mod:`benchmarks.log_line`: two of its parts;
- :mod:`benchmarks.scale`: a fleet, by :mod:`simulation`.

With what:

- ``textbook/`` and ``aws_jwt_verify.cjs`` are peers; :mod:`benchmarks.bundles` builds what runs,
  :mod:`benchmarks.programs` says how it is set, :mod:`benchmarks.processes` and
  :mod:`benchmarks.emulated` run it (``sandbox_program.py`` is what runs in a fresh interpreter);
- :mod:`benchmarks.pool` and :mod:`benchmarks.loopback` are keys, tokens, Cognito and DynamoDB;
- :mod:`benchmarks.stopwatch` and :mod:`benchmarks.series` make observations and statistics.

What comes of it: :mod:`benchmarks.figures`, held to ``budgets.toml`` by :mod:`benchmarks.budgets`,
shown by :mod:`benchmarks.table`, :mod:`benchmarks.page` (``page.md``) and :mod:`benchmarks.charts`.
"""
