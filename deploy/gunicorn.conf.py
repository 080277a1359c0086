"""How gunicorn serves the site on one application server: /etc/sdgplan/gunicorn.conf.py (docs/deployment.md).

Every value can be changed in the environment file of the units without touching this one.
"""

import os

wsgi_app = "sdgplan.wsgi:application"
bind = os.environ.get("GUNICORN_BIND", "127.0.0.1:8001")
# Pages compute, so processes serve them better than threads; as many as there are cores, and one more.
workers = int(os.environ.get("GUNICORN_WORKERS", (os.cpu_count() or 1) + 1))
# Two threads for each, so that one that waits for the database or a mail server does not hold the process up.
threads = int(os.environ.get("GUNICORN_THREADS", "2"))

timeout = 120  # seconds without a sign of life after which a worker is replaced; the proxy gives up before
graceful_timeout = 30  # what is being answered at a stop or a reload may take this long
max_requests, max_requests_jitter = 5000, 500  # a worker that grew is replaced without anybody noticing
limit_request_line = 8190  # as the proxy: what is longer than a search may be, the application tells in words
worker_tmp_dir = "/dev/shm"  # a sign of life must not wait for a disk
control_socket_disable = True

# The proxy's log has the requests; here is what went wrong, and with it who served and how long it took.
accesslog = os.environ.get("GUNICORN_ACCESS_LOG") or None
# No visitor, no agent, and no address of a page: some hold the word of a mail, which the proxy's log hides.
access_log_format = "%(m)s %(s)s %(B)s %(M)sms"
errorlog = "-"
capture_output = False
# Only the proxy reaches this port; what it says about the visitor is read by the application, not here.
forwarded_allow_ips = os.environ.get("GUNICORN_PROXIES", "127.0.0.1")
