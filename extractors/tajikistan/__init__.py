"""Tajikistan: the public procurement portal eprocurement.gov.tj."""

from extractors.tajikistan.portal import Tajikistan

PORTAL = Tajikistan()
