"""Who may share a volume: AWS's rules of Multi-Attach."""

from awsnb.aws.ebs.volume import EBS
from awsnb.scenario import ScenarioError

MULTI_ATTACH_TYPES = tuple(EBS.value("multi_attach", "volume_types").split())
MOST_INSTANCES = int(EBS.value("multi_attach", "max_instances"))
IO1_REGIONS = tuple(EBS.value("multi_attach", "io1_regions").split())
XEN_FAMILIES = tuple(EBS.value("multi_attach", "xen_families").split())


def can_fence(volume_type: str) -> bool:
    """Whether NVMe reservations can shut an instance out of a shared volume of this type."""
    return bool(EBS.value("multi_attach", f"{volume_type}_fencing"))


def is_nitro(instance_type: str) -> bool:
    """Whether an instance type is built on the Nitro System."""
    family, _, size = instance_type.partition(".")
    return family not in XEN_FAMILIES or size.startswith("metal")


def check_type(volume_type: str) -> None:
    """Refuse a type that Multi-Attach does not support.

    Raises
    ------
    ScenarioError
        Of the field `volume_type`.
    """
    rule = f"Multi-Attach is for {' and '.join(MULTI_ATTACH_TYPES)} volumes only"
    _require("volume_type", volume_type, volume_type in MULTI_ATTACH_TYPES, rule, "volume_types")


def check_fencing(volume_type: str, field: str, value: str) -> None:
    """Refuse to fence with reservations on a volume that has none.

    Raises
    ------
    ScenarioError
        Of the field that is named.
    """
    rule = f"{volume_type} volumes have no NVMe reservations; io2 volumes have"
    _require(field, value, can_fence(volume_type), rule, "io1_fencing")


def check_attachments(
    volume_type: str,
    region: str,
    instances: int,
    instance_type: str,
    one_zone: bool,
    boot_volume: bool,
) -> None:
    """Refuse what AWS refuses when several instances are to share a volume.

    Raises
    ------
    ScenarioError
        With AWS's rule and its source. The field is named as here.
    """
    check_type(volume_type)
    in_region = volume_type != "io1" or region in IO1_REGIONS
    rule = f"Multi-Attach for io1 is in {', '.join(IO1_REGIONS)} only; take io2"
    _require("region", region, in_region, rule, "io1_regions")
    rule = f"at most {MOST_INSTANCES} instances share a volume"
    _require("instances", instances, instances <= MOST_INSTANCES, rule, "max_instances")
    rule = "every instance must be built on the Nitro System"
    _require("instance_type", instance_type, is_nitro(instance_type), rule, "max_instances")
    rule = "every instance must be in the Availability Zone of the volume"
    _require("one_zone", one_zone, one_zone, rule, "max_instances")
    rule = "a volume with Multi-Attach can't be a boot volume"
    _require("boot_volume", boot_volume, not boot_volume, rule, "boot_volume")


def _require(field: str, value: object, allowed: bool, rule: str, key: str) -> None:
    if not allowed:
        source = EBS.get("multi_attach", key).source
        raise ScenarioError(f"{field} = {value!r}: {rule} ({source}).", field=field)
