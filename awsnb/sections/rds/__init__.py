"""Section 20, RDS: when a database runs out of space, of luck, of time, of speed."""

from awsnb.sections.rds import luck, storage

VIEWS = (storage.VIEW, luck.VIEW)
