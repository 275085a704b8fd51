"""What AWS offers, refuses and charges, and what one can ask of it. One room a chapter."""
