"""Section 6, Amazon Machine Images: how soon an instance serves, and what keeping images takes."""

from awsnb.sections.ami import copying, keeping, launch

VIEWS = (launch.VIEW, keeping.VIEW, copying.VIEW)
