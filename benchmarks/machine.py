"""What the figures were measured on."""

import os
import platform
import resource
import sys
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("pydantic", "orjson", "psycopg", "aiokafka", "faust-streaming", "numpy", "ortools")
MEGABYTE = 1_000_000


def describe() -> str:
    """Tell the machine and the versions in two lines."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{os.cpu_count()} cores ({_processor()}), {platform.system()}, Python {platform.python_version()};"
        f" {busy()}\n{packages}"
    )


def busy() -> str:
    """Tell how busy the machine is right now."""
    return f"load {os.getloadavg()[0]:.1f}"


def resident_mb() -> float:
    """Tell how much memory this process holds."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except FileNotFoundError:
        return peak_mb()
    return pages * resource.getpagesize() / MEGABYTE


def peak_mb() -> float:
    """Tell how much memory this process held at most."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / MEGABYTE if sys.platform == "darwin" else peak * 1024 / MEGABYTE


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except FileNotFoundError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
