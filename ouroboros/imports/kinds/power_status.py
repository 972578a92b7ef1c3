"""What became of a promise of power, in the words of lists."""

import re

from events.errors import short
from ouroboros.imports.kinds.common import Table, cell
from ouroboros.imports.mapping import PowerSchedule, PowerStatus
from ouroboros.imports.parse import UnfitCell
from ouroboros.imports.tables import Row

_CODE = re.compile(r"\(([A-Za-z]{1,2})\)\s.*", re.DOTALL)
# Words of PJM, CAISO, ERCOT, EIA-860M (its codes) and others. Studies that are completed complete nothing.
_USUAL: dict[PowerStatus, str] = {
    "promised": (
        "active|planned|promised|proposed|queued|in queue|pending|confirmed|construction|under construction"
        "|partially in service - under construction|engineering and procurement|suspended|on hold|delayed|new"
        "|p|l|t|u|v|ts|ot"
    ),
    "withdrawn": "withdrawn|withdrew|retracted|annulled|removed|terminated|ip|indefinitely postponed",
    "cancelled": "cancelled|canceled|cn|abandoned",
    "completed": (
        "completed|complete|done|in service|in-service|operational|operating|online|on-line|energized"
        "|commercial operation|commercially operational|op|sb|oa|os"
    ),
}
_MEANING: dict[str, PowerStatus] = {
    word: meaning for meaning, words in _USUAL.items() for word in words.split("|")
}


class Statuses:
    """Reads the statuses of the rows of a table."""

    def __init__(self, table: Table, mapping: PowerSchedule) -> None:
        named = mapping.columns.status
        self._column = table.column(named, ("status", "projectstatus", "queuestatus"))
        self._is_named = named is not None or bool(mapping.statuses)
        self._meaning = {word.casefold(): meaning for word, meaning in mapping.statuses.items()}

    def of(self, row: Row) -> PowerStatus:
        """Return what became of the promise of a row. Raises UnfitCell for a word that nothing explains."""
        text = cell(row, self._column)
        if text is None:
            return "promised"
        code = _CODE.fullmatch(text)
        for word in (text.casefold(), code[1].casefold() if code else ""):
            if meaning := self._meaning.get(word) or _MEANING.get(word):
                return meaning
        # A column that the mapping does not name may hold anything, such as how far studies are.
        if not self._is_named:
            return "promised"
        raise UnfitCell(
            f"the status is {short(text)}, which the mapping does not explain (say under statuses whether it"
            " is promised, withdrawn, cancelled or completed)"
        )
