"""Tajikistan: the mapping of eprocurement.gov.tj."""

from transformers.tajikistan.mapping import MAPPING

__all__ = ["MAPPING"]
