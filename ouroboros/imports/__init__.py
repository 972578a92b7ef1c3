"""Other people's tables as events: mappings say what the columns mean."""
