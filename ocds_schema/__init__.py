"""What data looks like: shapes, identity, the standard and its rules. Pure; imports nothing of ours."""
