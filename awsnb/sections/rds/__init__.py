"""Section 20, RDS: when a database runs out of space, of luck, of time, of speed."""

from awsnb.sections.rds import storage

VIEWS = (storage.VIEW,)
