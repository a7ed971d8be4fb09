"""How gunicorn serves the site: `gunicorn --config python:importer_site.gunicorn`."""

import os

wsgi_app = "importer_site.wsgi:application"
worker_class = "gthread"
workers = 2
# Loaded once for all workers, which share what is not written to.
preload_app = True
# An upload holds a thread for as long as it lasts, not a whole worker.
threads = 4
timeout = 120
graceful_timeout = 10
control_socket_disable = True
loglevel = os.environ.get("LOG_LEVEL", "INFO")
