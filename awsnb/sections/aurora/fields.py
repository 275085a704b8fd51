"""Fields that several of the section's scenarios have."""

from awsnb.aws.aurora import AURORA, INSTANCE_CLASSES, max_size_gib
from awsnb.scenario import field

MAX_READERS = AURORA.value("limits", "max_readers")

DESIGN = field(
    "4 of 6",
    label="Write quorum",
    meaning="Copies that must answer: Aurora's 4 of 6, two in each zone, or what else it might "
    "have been.",
)
READERS = field(
    1,
    label="Readers",
    unit="instances",
    low=0,
    high=MAX_READERS,
    meaning="Aurora Replicas beside the writer; the first to be promoted is one of them.",
)
INSTANCE_CLASS = field(
    "db.r6g.2xlarge",
    label="Instance class",
    choices=INSTANCE_CLASSES,
    meaning="Of the writer and of every reader.",
)
STORAGE = field(
    "Standard",
    label="Storage configuration",
    meaning="Pay for each I/O, or more for instances and storage and nothing for I/O.",
)
SIZE_GIB = field(
    500,
    label="Data",
    unit="GiB",
    low=1,
    high=max_size_gib(),
    log=True,
    meaning="What the volume holds; Aurora bills what is used, copies included.",
)
BACKTRACK_H = field(
    0.0,
    label="Backtrack window",
    unit="h",
    low=0,
    high=AURORA.value("backtrack", "max_window"),
    meaning="How far the cluster can be rewound; 0 is off.",
)
CHANGES_PER_S = field(
    100.0,
    label="Changes",
    unit="records/s",
    low=1,
    high=100_000,
    log=True,
    meaning="Change records that backtrack has to keep, on average.",
)
SEED = field(
    1,
    label="Seed",
    low=0,
    high=999,
    meaning="Of the random draws: another seed is another sample of the same cluster.",
)
AS_OF = field("today", label="As of", meaning="Whose limits hold.")
