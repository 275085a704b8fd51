"""Fields that several of the section's scenarios have.

Where a view folds one, it says so: `group` and `advanced`, as `awsnb.scenario.field` takes them.
"""

from typing import Any

from awsnb.aws.aurora import AURORA, INSTANCE_CLASSES, max_size_gib
from awsnb.scenario import field

MAX_READERS = AURORA.value("limits", "max_readers")


def design(**folded: Any) -> Any:
    """Copies, and how many of them must answer a write."""
    return field(
        "4 of 6",
        label="Write quorum",
        meaning="Copies that must answer: Aurora's 4 of 6, two in each zone, or what else it might "
        "have been.",
        **folded,
    )


def readers(**folded: Any) -> Any:
    """Aurora Replicas beside the writer."""
    return field(
        1,
        label="Readers",
        unit="instances",
        low=0,
        high=MAX_READERS,
        meaning="Aurora Replicas beside the writer; the first to be promoted is one of them.",
        **folded,
    )


def instance_class(**folded: Any) -> Any:
    """Class of the instances."""
    return field(
        "db.r6g.2xlarge",
        label="Instance class",
        choices=INSTANCE_CLASSES,
        meaning="Of the writer and of every reader.",
        **folded,
    )


def storage(**folded: Any) -> Any:
    """The storage configuration."""
    return field(
        "Standard",
        label="Storage configuration",
        meaning="Pay for each I/O, or more for instances and storage and nothing for I/O.",
        **folded,
    )


def size_gib(**folded: Any) -> Any:
    """Data in the volume."""
    return field(
        500,
        label="Data",
        unit="GiB",
        low=1,
        high=max_size_gib(),
        log=True,
        meaning="What the volume holds; Aurora bills what is used, copies included.",
        **folded,
    )


def backtrack_h(**folded: Any) -> Any:
    """The backtrack window."""
    return field(
        0.0,
        label="Backtrack window",
        unit="h",
        low=0,
        high=AURORA.value("backtrack", "max_window"),
        meaning="How far the cluster can be rewound; 0 is off.",
        **folded,
    )


def changes_per_s(**folded: Any) -> Any:
    """Change records a second."""
    return field(
        100.0,
        label="Changes",
        unit="records/s",
        low=1,
        high=100_000,
        log=True,
        meaning="Change records that backtrack has to keep, on average.",
        **folded,
    )


def seed(**folded: Any) -> Any:
    """Seed of the random draws."""
    return field(
        1,
        label="Seed",
        low=0,
        high=999,
        meaning="Of the random draws: another seed is another sample of the same cluster.",
        **folded,
    )


def as_of(**folded: Any) -> Any:
    """The month whose limits hold."""
    return field("today", label="As of", meaning="Whose limits hold.", **folded)
