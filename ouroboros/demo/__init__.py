"""`ouroboros demo`: the whole way of the sources' facts, on servers of its own, for people to watch."""

from ouroboros.demo.run import run_demo

__all__ = ["run_demo"]
