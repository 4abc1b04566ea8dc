"""How often what happens, in thousandths or as weights; of our own choosing, in proportions that research found."""

SCRIPTS = 211
"""How many lives there are; case number modulo this is the case's. A prime, so that lives and participants mix."""

PLACES = (("order", 50), ("notice", 25), ("both", 6), ("single", 15), ("central", 4))
"""Where a purchase is published: legacy portal, new portal, both, or as a contract without a notice."""
METHODS = ((7, 40), (8, 24), (9, 16), (4, 6), (6, 5), (1, 3), (2, 1), (0, 1), (3, 1), (5, 1), (13, 1), (16, 1))
CATEGORIES = ((0, 60), (1, 12), (2, 22), (3, 6))
LOTS = ((1, 55), (2, 20), (3, 12), (5, 8), (9, 4), (14, 1))
ITEMS = ((1, 62), (2, 20), (4, 12), (7, 6))
BIDDERS = ((1, 22), (2, 30), (3, 26), (4, 14), (6, 8))
FATES = (
    ("signed", 52),
    ("cancelled", 8),
    ("unsuccessful", 13),
    ("stale", 9),
    ("evaluated", 6),
    ("opened", 5),
    ("signing", 7),
)
TWO_PACKAGES = 50
CHANGED = 160
PROLONGED = 90
REPEATED = 600
"""Of what did not succeed, so much is published anew."""

PERSONS = 140
"""Suppliers who are natural persons."""
FOREIGNERS = 12
KYRGYZ_TITLES = 120
LEADING_TAB = 60
ODD_TEXT = 25
NUMBER_IN_TEXT = 15
MASKED_DAYS = 2
UNCLOSED = 7
"""Every so many-th row of a table leaves its cells unclosed."""
