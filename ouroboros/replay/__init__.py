"""History folded again beside the live read models, by the rules that run live."""
