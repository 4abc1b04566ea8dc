"""Objects in a bucket of AWS S3 or of a store that speaks its protocol."""

from ocds_pipeline.s3.storage import S3Storage

__all__ = ["S3Storage"]
