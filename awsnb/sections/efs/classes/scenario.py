"""What can be asked: files, how often the cold ones are read, and a lifecycle policy."""

from typing import Any, Literal, Self

from pydantic import model_validator

from awsnb.aws.efs import EFS, Policy, StorageBill
from awsnb.scenario import Scenario, ScenarioError, field, shown

NEVER = "never"
AFTER = {
    f"{days} day{'s' if days != '1' else ''}": int(days)
    for days in EFS.value("lifecycle", "transition_days").split()
}


class ClassesScenario(Scenario):
    """Files on one file system, under a lifecycle policy, for a year."""

    files: Literal["home directories", "media library", "many small files"] = field(
        "home directories",
        label="Files",
        meaning="Built-in files, their sizes and last reads; a listing of your own replaces them.",
    )
    listing: str = field(
        "",
        label="Listing",
        path=True,
        meaning="Path of what `find . -type f -printf '%s %A@ %p\\n'` wrote on your files.",
    )
    reads_a_year: float = field(
        2.0,
        label="Reads of a cold file",
        unit="a year",
        low=0,
        high=365,
        meaning="How often a file that is not in daily use is read in full, on average.",
    )
    ia_after: str = field(
        "30 days",
        label="To Infrequent Access",
        choices=(NEVER, *AFTER),
        meaning="How long after its last access in Standard a file moves to Infrequent Access; AWS "
        "has these times only, none under a day.",
    )
    archive_after: str = field(
        NEVER,
        label="To Archive",
        choices=(NEVER, *AFTER),
        meaning="How long after its last access in Standard a file moves to Archive.",
    )
    move_back: bool = field(
        False,
        label="Move back when read",
        meaning="Whether a file that is read in a colder class moves back to Standard.",
    )
    mode: Literal["elastic", "provisioned", "bursting"] = field(
        "elastic",
        label="Throughput mode",
        group="File system",
        advanced=True,
        meaning="Sets the price of Infrequent Access; Archive is for elastic only.",
    )
    kind: Literal["Regional", "One Zone"] = field(
        "Regional",
        label="Kind",
        group="File system",
        advanced=True,
        meaning="Data in at least three zones, or in one: cheaper, without Archive, and lost if "
        "the zone is.",
    )
    busy_days: int = field(
        7,
        label="In daily use",
        unit="days",
        low=0,
        high=365,
        group="File system",
        advanced=True,
        meaning="A file whose last access is no older than this is taken to be read every day.",
    )

    @property
    def policy(self) -> Policy:
        """The lifecycle policy, as AWS has it."""
        return Policy(AFTER.get(self.ia_after), AFTER.get(self.archive_after), self.move_back)

    @property
    def bill(self) -> StorageBill:
        """What each class costs there."""
        return StorageBill(self.mode, self.kind == "One Zone")

    @property
    def has_archive(self) -> bool:
        """Whether AWS has the Archive class there."""
        places = EFS.value("archive", "modes"), EFS.value("archive", "kinds")
        return (self.mode, self.kind) == places

    @property
    def text(self) -> str:
        """The policy in a few words."""
        moves = [
            f"{name} after {after}"
            for name, after in (("IA", self.ia_after), ("Archive", self.archive_after))
            if after != NEVER
        ]
        if not moves:
            return "all in Standard"
        return ", ".join(moves) + (", back when read" if self.move_back else "")

    @model_validator(mode="before")
    @classmethod
    def _refuse_other_times(cls, values: Any) -> Any:
        for name in ("ia_after", "archive_after"):
            asked, allowed = values.get(name, NEVER), cls.fields()[name].range_text
            if isinstance(asked, str) and asked not in (NEVER, *AFTER):
                source = EFS.get("lifecycle", "transition_days").source
                raise ScenarioError(
                    f"{name} = {shown(asked)}: must be {allowed}. AWS has these times only, none "
                    f"under a day ({source}).",
                    field=name,
                )
        return values

    @model_validator(mode="after")
    def _refuse_what_aws_refuses(self) -> Self:
        self.policy.check(self.mode, self.kind)
        return self
