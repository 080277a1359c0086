"""Reports that are asked for and made."""

from indicators.reports.services.jobs import begin_job, fail_job, finish_job, request_job, retry_job, tell_progress

__all__ = ["begin_job", "fail_job", "finish_job", "request_job", "retry_job", "tell_progress"]
