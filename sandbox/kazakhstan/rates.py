"""How often things happen on the stand-in: the documented constants of its data.

Shares of methods and contract statuses follow 500 real contracts of February 2020, widened so that every method and
every status of the portal's tables turns up. Rates are per thousand unless said otherwise.
"""

SCRIPTS = 997
"""Lives a case may lead; a prime, so that case numbers meet scripts, buyers and suppliers in every combination."""

METHODS = ((3, 400), (23, 210), (6, 90), (60, 60), (188, 45), (2, 45), (123, 30), (77, 25), (105, 20), (126, 15))
"""Weights of the usual methods (id of ref_trade_methods)."""
EVERY_METHOD = (
    *(2, 3, 6, 7, 8, 22, 23, 32, 50, 52, 55, 60, 77, 78, 105, 120, 121, 122, 123, 124, 125, 126, 128, 130, 131, 132),
    *(133, 160, 177, 178, 188, 190, 200, 201, 202),
)
DIRECT = frozenset({8, 23, 50, 52, 55, 122, 123, 131})
"""Methods whose contracts have neither announcement nor lot."""
ONE_SOURCE = frozenset({6, 105, 125})
QUICK = frozenset({3, 6, 60, 105, 125, 126, 160})
"""No discussion, no admission of applications: prices in, result out."""
AUCTION = frozenset({7, 77, 78, 177, 178})
QUASI = frozenset({55, 105, 123, 124, 125, 126, 160, 177, 178, 190, 200, 202})
"""Methods of bodies outside the state procurement law (type 2)."""

PLAN_ONLY = 60
PLAN_DELETED = 400
"""Of the plan points that never become a purchase."""
PLAN_EDITED_ONCE = 520
PLAN_EDITED_TWICE = 200
PLAN_EDITED_LATE = 40
PLAN_UNDER_CONTROL = 50
UNITED_LOT = 70
LOTS = ((1, 700), (2, 140), (3, 80), (5, 60), (8, 20))

CANCELLED = 30
REFUSED = 20
SUSPENDED = 25
FAILED = 230
FAILED_LOT = 120
"""A lot that fails while others of its announcement succeed."""
STALE = 12
"""Announcements that go on "receiving applications" after their deadline."""
REPEATED = 750
"""Failed purchases that are tried again."""

SHOWN_BEFORE_SIGNED = 100
NOT_CONCLUDED = 90
SECOND_WINNER = 600
AMENDED = ((0, 880), (1, 90), (2, 25), (3, 5))
FATES = (("executed", 500), ("valid", 400), ("terminated", 35), ("agreed", 25), ("expired", 25), ("waiting", 15))

NO_PLACE = 90
"""Lots without places of delivery, plan points whose places are null."""
NULL_BUY = 50
"""Direct contracts whose trd_buy_id is null instead of 0."""
OTHER_ORGANISER = 60
VAT_PAYERS = 560
OLD_VAT = 150
"""Payers whose contracts still carry 12 %, not 16 %."""
LONG_FRACTIONS = 25
GIANT = 4
"""Plan points in the tens of trillions, which need 16 significant digits."""
SOLE_TRADERS = 350
ENTITIES = 24
ENTITIES_TWICE = 12
ODD_TEXT = 30
IIN_IN_TEXT = 4
OLD_ENSTRU = 8
FRESH_LOT_DAYS = 2
FRESH_WITHOUT_PLANS = 550
