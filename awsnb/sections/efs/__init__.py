"""Section 8, EFS: how fast a file system is, and in which classes its files lie."""

from awsnb.sections.efs import classes, throughput

VIEWS = (throughput.VIEW, classes.VIEW)
