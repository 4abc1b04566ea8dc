"""Quality: what is wrong with the data, how much of every field is filled, and what changed since last time."""
