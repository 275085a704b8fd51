"""Section 2, EC2: its questions, each in a folder of its name."""

from awsnb.sections.ec2 import credits, reach

VIEWS = (credits.VIEW, reach.VIEW)
