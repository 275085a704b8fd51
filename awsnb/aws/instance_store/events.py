"""The events that an instance's data may outlive."""

from awsnb.aws.ec2.life_cycle import KEPT, TERMINATE, fate

EVENTS = {
    "reboot": "reboot",
    "stop and start": "stop",
    "hibernate and start": "hibernate",
    TERMINATE: TERMINATE,
    "change of type": "change of type",
    "drive failure": "drive failure",
    "host failure": "host failure",
    "power failure": "power failure",
    "retirement": "retire",
}
"""What each event is called in EC2's facts."""


def keeps(event: str, thing: str, *, delete_on_termination: bool = False) -> bool:
    """Whether the data in a thing is still there after an event.

    Parameters
    ----------
    event : str
        One of `EVENTS`.
    thing : str
        One of `awsnb.aws.ec2.life_cycle.DATA`.
    delete_on_termination : bool
        EBS's setting of that name, which counts for a volume when its instance is terminated.

    Returns
    -------
    bool

    Examples
    --------
    >>> keeps("reboot", "instance_store"), keeps("stop and start", "instance_store")
    (True, False)
    """
    return fate(EVENTS[event], thing, delete_on_termination=delete_on_termination) == KEPT
