"""Kazakhstan: the state procurement portal goszakup.gov.kz."""

from extractors.kazakhstan.portal import Kazakhstan

PORTAL = Kazakhstan()
