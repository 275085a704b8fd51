"""The kept order in words: who does what to which block."""

from awsnb.mechanisms.interleavings import ACQUIRE, READ, RELEASE, WRITE, Moment
from awsnb.sections.ebs_multi_attach.writers.simulate import Outcome

NAMES = "ABC"
BLOCKS = {1: ("counter",), 2: ("names", "files")}
VERBS = {READ: "reads", WRITE: "writes", ACQUIRE: "takes the lock", RELEASE: "gives the lock back"}
NOT_READ = "not read"


def block_names(outcome: Outcome) -> tuple[str, ...]:
    """Name the blocks."""
    return BLOCKS[outcome.job.blocks]


def updates_text(outcome: Outcome, bits: int) -> str:
    """Name the updates of a block: ``A1 + B2``; those of one writer are counted from 1."""
    each = outcome.job.updates
    names = [
        f"{NAMES[at // each]}{at % each + 1}"
        for at in range(outcome.job.writers * each)
        if bits >> at & 1
    ]
    if bits < 0:
        return NOT_READ
    return " + ".join(names) or "empty"


def sentence(outcome: Outcome, at: int) -> str:
    """Say what happens at a step of the kept order, counted from 0."""
    moment = outcome.moments[at]
    who = f"Instance {NAMES[moment.writer]}"
    if _is_refused(outcome, at):
        return f"{who} tries to go on; the volume refuses it, and it stops."
    if moment.kind in (ACQUIRE, RELEASE):
        return f"{who} {VERBS[moment.kind]}{_from_whom(outcome, at)}."
    block = block_names(outcome)[moment.block]
    page = int(moment.pages[moment.writer, moment.block])
    if moment.kind == WRITE:
        return f"{who} writes {updates_text(outcome, page)} to the {block}."
    stale = page != int(moment.volume[moment.block])
    where = "from its page cache, which is old" if stale else "from the volume"
    return f"{who} reads the {block} {where}: {updates_text(outcome, page)}."


def _from_whom(outcome: Outcome, at: int) -> str:
    """Say so if the lock is taken from instance A while it holds it."""
    before = outcome.moments[:at]
    taken = outcome.moments[at].kind == ACQUIRE and _holds(before)
    return " from instance A, which is presumed dead" if taken else ""


def _holds(moments: list[Moment]) -> bool:
    """Whether the last to have touched the lock was A, taking it."""
    touched = [moment for moment in moments if moment.kind in (ACQUIRE, RELEASE)]
    return bool(touched) and (touched[-1].writer, touched[-1].kind) == (0, ACQUIRE)


def _is_refused(outcome: Outcome, at: int) -> bool:
    before = at > 0 and outcome.moments[at - 1].refused
    return outcome.moments[at].refused and not before
