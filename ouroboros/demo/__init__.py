"""`ouroboros demo`: the whole way of the sources' facts, on servers of its own, for people to watch."""
