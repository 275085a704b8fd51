"""Section 20, RDS: when a database runs out of space, of luck, of time, of speed."""

from awsnb.sections.rds import luck, speed, storage, time_travel

VIEWS = (storage.VIEW, luck.VIEW, time_travel.VIEW, speed.VIEW)
