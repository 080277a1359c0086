"""Reports that are asked for and made."""

from indicators.reports.services.jobs import claim_job, fail_job, finish_job, request_job, retry_job, tell_progress

__all__ = ["claim_job", "fail_job", "finish_job", "request_job", "retry_job", "tell_progress"]
