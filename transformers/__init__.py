"""Documents → process → OCDS. Pure functions only."""
