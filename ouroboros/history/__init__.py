"""Past events: where they are kept, how they are read, how they are exported."""
