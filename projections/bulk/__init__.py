"""Many events folded at once, out of columns: the same states and rows as one by one, in less time."""
