"""Which event loses what: an instance's memory, its instance store, its EBS volumes."""

from awsnb import facts

INSTANCE_STORE = facts.load("instance_store")
MEMORY, STORE = "memory", "instance_store"
ROOT_VOLUME, DATA_VOLUME = "root_volume", "data_volume"
THINGS = (MEMORY, STORE, ROOT_VOLUME, DATA_VOLUME)
TERMINATE = "terminate"
EVENTS = (
    "reboot",
    "stop and start",
    "hibernate and start",
    TERMINATE,
    "change of type",
    "drive failure",
    "host failure",
    "power failure",
    "retirement",
)


def keeps(event: str, thing: str, *, delete_on_termination: bool = False) -> bool:
    """Whether the data in a thing is still there after an event.

    Parameters
    ----------
    event : str
        One of `EVENTS`.
    thing : str
        One of `THINGS`.
    delete_on_termination : bool
        EBS's setting of that name, which counts for a volume when its instance is terminated.

    Returns
    -------
    bool

    Examples
    --------
    >>> keeps("reboot", STORE), keeps("stop and start", STORE)
    (True, False)
    >>> keeps("terminate", DATA_VOLUME, delete_on_termination=True)
    False
    """
    said = INSTANCE_STORE.value(event, thing)
    return not delete_on_termination if said == "as set" else bool(said == "kept")
