"""Backtests: the rules that run live, over history, as it was known at the time."""
