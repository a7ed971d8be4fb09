"""Tests for the work queue as the site sets it up."""

from concurrent.futures import ThreadPoolExecutor

from celery import current_app


def test_every_thread_sends_to_the_site_s_queue():
    with ThreadPoolExecutor() as threads:
        assert threads.submit(lambda: current_app.main).result() == "userferry"
