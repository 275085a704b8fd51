"""What AWS allows, refuses and charges, for all sections that deal with a service.

No sentences but refusals, no panels, no questions.
"""
