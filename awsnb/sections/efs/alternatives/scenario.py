"""What can be asked: some files, who needs them in which way, and where they are kept."""

from typing import Literal

from awsnb.scenario import Scenario, field

VOLUMES = {"EBS gp3": "gp3", "EBS gp2": "gp2"}
S3_STANDARD = "S3 Standard"
STORES = ("EFS bursting", "EFS elastic", "EFS One Zone", "EFS with IA", *VOLUMES, S3_STANDARD)
IN_PLACE, ONLY_READ = "change files in place", "only read"


class AlternativesScenario(Scenario):
    """Files that some instances need, kept in one of AWS's stores."""

    store: str = field(
        "EFS bursting",
        label="Kept on",
        choices=STORES,
        meaning="Where the files are. One Zone and IA are in elastic mode.",
    )
    stored_gib: int = field(
        500, label="Files", unit="GiB", low=1, high=16_384, log=True,
        meaning="Bytes of all files together.",
    )  # fmt: skip
    full_pct: float = field(
        60.0, label="A volume is full to", unit="%", low=1, high=100,
        meaning="Files as a share of the size of an EBS volume; the rest is room to grow.",
    )  # fmt: skip
    instances: int = field(
        2, label="Instances", unit="instances", low=1, high=1000, log=True,
        meaning="How many need the files at the same time.",
    )  # fmt: skip
    use: Literal["change files in place", "write whole files", "only read"] = field(
        "change files in place",
        label="They",
        meaning="Change: edit, append, lock, rename. Write whole: a file is replaced as a whole. "
        "Only read: a copy for each would do as well.",
    )
    read_gib_day: float = field(
        10.0, label="Read", unit="GiB/day", low=0, high=5000,
        meaning="Bytes that all instances together read in a day.",
    )  # fmt: skip
    written_gib_day: float = field(
        2.0, label="Written", unit="GiB/day", low=0, high=5000, group="Files", advanced=True,
        meaning="Bytes that all instances together write in a day.",
    )  # fmt: skip
    file_kib: int = field(
        1024, label="File size", unit="KiB", low=1, high=1_048_576, log=True, group="Files",
        advanced=True, meaning="Size of a file; each is read or written as a whole.",
    )  # fmt: skip
    cold_pct: float = field(
        50.0, label="Cold files", unit="%", low=0, high=100, group="Files", advanced=True,
        meaning="Share of the bytes that nobody reads for months: what lies in Infrequent Access.",
    )  # fmt: skip
    zone_loss: bool = field(
        False, label="Must survive a zone", group="Files", advanced=True,
        meaning="Whether the files must be there when a zone is lost.",
    )  # fmt: skip

    @property
    def text(self) -> str:
        """The files and their store in a few words."""
        return f"{self.stored_gib:,} GiB on {self.store}"

    @property
    def volume_count(self) -> int:
        """EBS volumes that are needed: one, or a copy for each instance."""
        return self.instances if self.use == ONLY_READ else 1
