"""Measures speed and scale against peers, in one run, as ratios with budgets."""
