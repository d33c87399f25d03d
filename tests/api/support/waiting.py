"""Waiting for what happens elsewhere, without guessing how long it takes."""
import concurrent.futures
import time


def eventually(condition, timeout_s=20, what="it"):
    """The first true value of condition(), asked again and again; fails when none comes in time."""
    deadline = time.monotonic() + timeout_s
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"{what} did not happen within {timeout_s} s"
        time.sleep(0.02)


def in_line(database, table, row_id, *calls):
    """Makes calls meet at a row: each begins when the one before waits for it, and then they go on in this
    order. What they give. Their server is a patient one (seats.PATIENT), with a worker for each."""
    with database.connect() as watcher, database.connect(autocommit=False) as holder, \
            concurrent.futures.ThreadPoolExecutor(len(calls)) as threads:
        holder.execute(f"SELECT FROM {table} WHERE id = %s FOR UPDATE", [row_id])
        under_way = []
        for count, call in enumerate(calls, 1):
            under_way.append(threads.submit(call))
            eventually(lambda: watcher.value(
                "SELECT count(DISTINCT l.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                " WHERE NOT l.granted AND a.datname = current_database()") >= count, what=f"that {count} wait")
        holder.rollback()
        return [one.result() for one in under_way]
