"""All rows that an import refused, in a file beside it: the terminal lists the first of them."""

import csv
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from events.errors import UsageError
from ouroboros.imports.tables import Problem
from ouroboros.terminal import Problems


class RefusedRows(Problems):
    """Shows the first rows that do not fit, and writes all of them into a CSV file, if there is one."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self._exits = ExitStack()
        self._writer: Any = None
        # What an earlier import refused is no news.
        with suppress(OSError):
            path.unlink()

    def refuse(self, problem: Problem) -> None:
        """Show a row and write it down. Raises UsageError where the file cannot be written."""
        self.show(problem)
        try:
            if self._writer is None:
                file = self._exits.enter_context(self.path.open("w", encoding="utf-8", newline=""))
                self._writer = csv.writer(file)
                self._writer.writerow(("file", "line", "reason"))
            self._writer.writerow((problem.path, problem.line, problem.reason))
        except OSError as error:
            raise UsageError(
                f"What does not fit cannot be written into {self.path}: {error.strerror}.",
                "Make room there, or give the folder of the import elsewhere with --into.",
            ) from None

    def close(self) -> None:
        """Finish the file."""
        self._exits.close()


def beside(folder: Path) -> Path:
    """Return where the rows that an import into a folder refuses are written."""
    whole = folder.absolute()
    return whole.with_name(f"{whole.name}-refused.csv") if whole.name else whole / "refused.csv"
