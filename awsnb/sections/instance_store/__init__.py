"""Section 7, EC2 instance store: three questions, each in a folder of its name."""

from awsnb.sections.instance_store import copies, speed, survival

VIEWS = (copies.VIEW, survival.VIEW, speed.VIEW)
