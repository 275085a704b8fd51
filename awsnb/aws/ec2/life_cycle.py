"""What becomes of an instance's memory, disks, addresses and host at each event of its life."""

from awsnb.aws.prices import EC2

RAM, STORE, ROOT_VOLUME, DATA_VOLUME = "ram", "instance_store", "root_volume", "data_volume"
DATA = (RAM, STORE, ROOT_VOLUME, DATA_VOLUME)
OPERATIONS = ("reboot", "stop", "hibernate", "terminate", "retire")
TERMINATE = "terminate"
LOST, NEW, KEPT = "lost", "new", "kept"


def fate(event: str, thing: str, *, delete_on_termination: bool | None = None) -> str:
    """Say what becomes of a thing at an event.

    Parameters
    ----------
    event : str
        One of `OPERATIONS`; for the data alone also what happens to a drive, a host or its power.
        A stopped, hibernated or retired instance is started again.
    thing : str
        One of `DATA`, or ``"private_address"``, ``"public_address"``, ``"elastic_ip"``, ``"host"``.
    delete_on_termination : bool, optional
        EBS's setting of that name, which counts for a volume when its instance is terminated. Left
        out, what AWS sets: on for the root volume, off for a volume that is attached later.

    Returns
    -------
    str
        ``"lost"``, ``"kept"``, or ``"new"`` if another one takes its place.

    Examples
    --------
    >>> fate("reboot", STORE), fate("stop", STORE), fate("stop", "public_address")
    ('kept', 'lost', 'new')
    >>> fate("terminate", DATA_VOLUME, delete_on_termination=True)
    'lost'
    """
    is_volume = thing in (ROOT_VOLUME, DATA_VOLUME)
    if event == TERMINATE and is_volume and delete_on_termination is not None:
        return LOST if delete_on_termination else KEPT
    return str(EC2.value(event, thing))
