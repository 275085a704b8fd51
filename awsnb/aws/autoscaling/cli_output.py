"""What aws autoscaling's describe commands write: JSON with a list of things."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from awsnb._read import state
from awsnb.scenario import ScenarioError, shown
from awsnb.trace import TraceError
from awsnb.trace.documents import document_of
from awsnb.trace.file import text_file

MOST_BYTES = 50_000_000


class Listed(NamedTuple):
    """The entries of an output, and whether AWS has more of them (``NextToken``)."""

    entries: list[Any]
    more: bool


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

    def listed(self, file: Path) -> Listed:
        """Read the list, of one group."""
        try:
            found = document_of(text_file(file))
        except TraceError as problem:
            raise self.refusal(f"{problem}. {self.how}") from None
        listed = found.get(self.key) if isinstance(found, dict) else found
        if not isinstance(listed, list):
            raise self.refusal(f"it has no list of {self.key}. {self.how}")
        self._refuse_groups(listed)
        return Listed(listed, isinstance(found, dict) and bool(found.get("NextToken")))

    def _refuse_groups(self, listed: list[Any]) -> None:
        names = {str(one.get("AutoScalingGroupName")) for one in listed if isinstance(one, dict)}
        if len(names) > 1:
            first, second = sorted(names)[:2]
            raise self.refusal(
                f"it is of {len(names)} groups, such as {shown(first)} and {shown(second)}. "
                f"{self.how}"
            )

    def span(
        self, entry: dict[str, Any], what: str, *, ends: bool = True
    ) -> tuple[datetime, datetime]:
        """Read when an entry began and ended; where it need not end, its beginning for both."""
        begin = self.time(entry, "StartTime", what)
        end = self.time(entry, "EndTime", what) if ends else begin
        if end < begin:
            raise self.refusal(f"{what} ends before it starts.")
        return begin, end

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
