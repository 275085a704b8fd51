"""Section 8, EFS: how fast it is, in which classes its files lie, and whether it is the place."""

from awsnb.sections.efs import alternatives, classes, throughput

VIEWS = (throughput.VIEW, classes.VIEW, alternatives.VIEW)
