"""Kazakhstan: the mapping of goszakup.gov.kz."""

from transformers.kazakhstan.mapping import MAPPING

__all__ = ["MAPPING"]
