"""Section 9, ELB: which load balancer to take, and what happens when a zone goes."""

from awsnb.sections.elb import which_one, zone_lost

VIEWS = (which_one.VIEW, zone_lost.VIEW)
