"""S3: what objects cost."""

from awsnb.aws.s3.bucket import S3, requests_usd, storage_usd_month

__all__ = ["S3", "requests_usd", "storage_usd_month"]
