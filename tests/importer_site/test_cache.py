"""The cache keeps its clients: to make one for each command costs more than the command."""

import threading

from django.core.cache import cache, caches


def test_commands_of_a_thread_share_a_client():
    client = caches["default"]._cache.get_client("a", write=True)
    assert caches["default"]._cache.get_client("b", write=True) is client


def test_threads_write_and_read_what_the_others_wrote():
    threads = [threading.Thread(target=cache.set, args=(f"of-{n}", n)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cache.get_many([f"of-{n}" for n in range(8)]) == {f"of-{n}": n for n in range(8)}
