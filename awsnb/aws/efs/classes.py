"""Storage classes: a lifecycle policy, what AWS refuses of it, and the prices of each class."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb import facts
from awsnb.scenario import ScenarioError

EFS = facts.load("efs")
KIB = 1024


@dataclass(frozen=True)
class Policy:
    """A lifecycle policy.

    Parameters
    ----------
    ia_days, archive_days : int, optional
        Days since a file's last access in Standard after which it moves; None for never.
    move_back : bool
        Whether an access in a colder class moves the file back to Standard.
    """

    ia_days: int | None = None
    archive_days: int | None = None
    move_back: bool = False

    def check(self, mode: str, kind: str = "Regional") -> None:
        """Refuse what AWS refuses in a throughput mode, on a kind of file system.

        Raises
        ------
        ScenarioError
            If Archive is not to be had there, or does not come after Infrequent Access.
        """
        if self.archive_days is None:
            return
        kinds = EFS.get("archive", "kinds")
        if kind != kinds.value:
            raise ScenarioError(
                f"archive_after = '{self.archive_days} days': AWS has Archive on {kinds.value} "
                f"file systems only, and kind is '{kind}' ({kinds.source}).",
                field="archive_after",
            )
        modes = EFS.get("archive", "modes")
        if mode != modes.value:
            raise ScenarioError(
                f"archive_after = '{self.archive_days} days': AWS has Archive only with "
                f"{modes.value} throughput, and mode is '{mode}' ({modes.source}).",
                field="archive_after",
            )
        if self.ia_days is not None and self.archive_days <= self.ia_days:
            raise ScenarioError(
                f"archive_after = '{self.archive_days} days': AWS wants it later than ia_after, "
                f"which is {self.ia_days} days ({modes.source}).",
                field="archive_after",
            )


@dataclass(frozen=True)
class StorageBill:
    """Prices of the classes with a throughput mode, us-east-1.

    Parameters
    ----------
    mode : str
        The throughput mode.
    one_zone : bool
        Whether the file system is One Zone, which has no Archive.
    """

    mode: str
    one_zone: bool = False

    @property
    def usd_gib_month(self) -> NDArray[np.float64]:
        """USD a GiB-month in Standard, Infrequent Access and Archive, shape (3,)."""
        ia = "storage_price" if self.mode == "elastic" else "storage_price_legacy"
        places = (("standard", "storage_price"), ("ia", ia), ("archive", "storage_price"))
        if self.one_zone:
            places = (("one_zone", "storage_price"), ("one_zone", "ia_storage_price"), places[2])
        return np.array([EFS.value(*place) for place in places], dtype=np.float64)

    @property
    def tiering_usd_gib(self) -> NDArray[np.float64]:
        """USD a GiB that lifecycle management moves into each class, shape (3,)."""
        return np.array([0.0, *(EFS.value(c, "tiering_price") for c in ("ia", "archive"))])

    @property
    def back_usd_gib(self) -> NDArray[np.float64]:
        """USD a GiB that moves back to Standard from each class, shape (3,)."""
        return np.array([0.0, *(EFS.value(c, "move_back_price") for c in ("ia", "archive"))])

    @property
    def access_usd_gib(self) -> NDArray[np.float64]:
        """USD a GiB that is read from each class, beside what a read costs anyway, shape (3,)."""
        return np.array([0.0, *(EFS.value(c, "access_price") for c in ("ia", "archive"))])


def billed_bytes(size_bytes: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the bytes that files are billed for in Standard, and in a colder class.

    Parameters
    ----------
    size_bytes : array_like, shape (n,)
        The files' sizes.

    Returns
    -------
    standard, cold : ndarray of float, shape (n,)
        Rounded up to 4 KiB; in a colder class 128 KiB are the least.
    """
    step = EFS.value("objects", "increment") * KIB
    standard = np.ceil(np.asarray(size_bytes, dtype=np.float64) / step) * step
    return standard, np.maximum(standard, EFS.value("objects", "min_billed") * KIB)
