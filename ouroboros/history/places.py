"""Where an event of a history stands, for people: file and line, or file and place in the journal."""

from datetime import datetime

from ouroboros.history.event_files import EventsFile
from ouroboros.history.exported import Exported
from ouroboros.history.mapped import MappedFile
from ouroboros.history.source import History


def place_of(history: History, name: str, place: tuple[int, int], source: str, known_at: datetime) -> str:
    """Name the place of an event in a history that is called `name`.

    `place` is that of its entry, `source` and `known_at` its own. Lines of a table are looked for from its
    beginning: this is for errors.
    """
    match history:
        case EventsFile():
            return f"{history.path}, line {place[0]}"
        case MappedFile():
            return history.line_of(place[0])
        case Exported():
            month = f"month={known_at:%Y-%m}/"
            file = next(
                (
                    one.name
                    for one in history.manifest.files
                    if one.name.startswith(month) and one.first <= place <= one.last
                ),
                "",
            )
            return f"{history.folder / file}, event {place[0]}/{place[1]} (source: {source})"
        case _:
            return f"{name}, event {place[0]}/{place[1]} (source: {source})"
