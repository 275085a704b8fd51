"""Situations that teach what each protection stops, and what it does not."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "Two mounts of a plain file system",
        "Each instance believes that it is alone. Step through the order below, and look for the "
        "step at which anybody sees an error.",
        {"blocks": "a directory", "page_cache": True},
    ),
    Preset(
        "Three writers of a counter",
        "Look at the second panel: more writers lose more, and yet seldom all but one.",
        {"writers": 3},
    ),
    Preset(
        "A lock, and the page cache",
        "The lock works. Step through the order below, and look where each instance reads from. "
        "Then switch the page cache off.",
        {"protection": "a lock", "page_cache": True},
    ),
    Preset(
        "Presumed dead, but only slow",
        "Instance A pauses, the lock goes to B, and A wakes up. Then choose NVMe reservations.",
        {"protection": "a lock", "presumed_dead": True},
    ),
    Preset(
        "Fenced in the middle of an update",
        "Reservations refuse the late write. See what of the update was there before.",
        {"protection": "NVMe reservations", "presumed_dead": True, "blocks": "a directory",
         "updates": 1},
    ),
    Preset(
        "A cluster file system",
        "Lock, fresh read, fence and journal together: every order is harmless.",
        {"protection": "a cluster file system", "presumed_dead": True, "blocks": "a directory",
         "page_cache": True},
    ),
)  # fmt: skip
