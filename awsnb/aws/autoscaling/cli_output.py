"""What aws autoscaling's describe commands write: JSON with a list of things."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from awsnb._read import state
from awsnb.scenario import ScenarioError, shown

MOST_BYTES = 50_000_000


class Output(NamedTuple):
    """A command's output, and how a scenario asks for it.

    Attributes
    ----------
    field : str
        The scenario's field that names the file.
    key : str
        What the list is called in it.
    how : str
        A sentence: the command that writes it.
    """

    field: str
    key: str
    how: str

    def state(self, path: str) -> tuple[Path, int, int]:
        """Return a file's place, time and size; refuse one that is none of this kind."""
        try:
            if not Path(path).is_file():
                raise self.refusal("there is no such file.")
            place, modified_ns, size = state(Path(path))
        except OSError as error:
            raise self.refusal(f"can't be read: {error.strerror}.") from None
        if size > MOST_BYTES:
            raise self.refusal(f"more than {MOST_BYTES:,} bytes, which no such file has.")
        return place, modified_ns, size

    def listed(self, file: Path) -> list[Any]:
        """Read the list."""
        try:
            found = json.loads(file.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise self.refusal(f"can't be read: {error.strerror}.") from None
        except (ValueError, RecursionError):
            raise self.refusal(f"it is not JSON. {self.how}") from None
        listed = found.get(self.key) if isinstance(found, dict) else found
        if not isinstance(listed, list):
            raise self.refusal(f"it has no list of {self.key}. {self.how}")
        return listed

    def time(self, entry: dict[str, Any], key: str, what: str) -> datetime:
        """Read one of an entry's times; `what` names the entry in a refusal."""
        try:
            at = datetime.fromisoformat(entry.get(key, ""))
        except (TypeError, ValueError):
            raise self.refusal(
                f"{what} has {key} {shown(entry.get(key))}; it must be a time such as "
                "2026-11-28T12:00:00Z."
            ) from None
        return at if at.tzinfo else at.replace(tzinfo=UTC)

    def refusal(self, why: str) -> ScenarioError:
        """Say in a sentence why the file is refused."""
        return ScenarioError(f"{self.field}: {why}", field=self.field)
