"""Kyrgyzstan: the new portal goszakupki.okmot.kg, the legacy portal zakupki.gov.kg, and old OCDS files."""

from extractors.kyrgyzstan.files import ReleaseFiles
from extractors.kyrgyzstan.portal import Kyrgyzstan

PORTAL = Kyrgyzstan()
IMPORTER = ReleaseFiles()
