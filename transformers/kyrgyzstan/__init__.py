"""The mapping of Kyrgyzstan's procurement: two portals, and the releases that the ministry published until 2022."""

from transformers.kyrgyzstan.mapping import MAPPING

__all__ = ["MAPPING"]
