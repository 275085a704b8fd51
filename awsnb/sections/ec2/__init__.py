"""Section 2, EC2: its questions, each in a folder or file of its name."""

from awsnb.sections.ec2 import cost, credits, life_cycle, reach

VIEWS = (credits.VIEW, reach.VIEW, life_cycle.VIEW, cost.VIEW)
