"""A writer to be killed: records entries as fast as it can and prints each id once it was acknowledged."""

import sys

from homerule.records.store import Log
from tests.records.conftest import decision

log = Log(sys.argv[1])
print("ready", flush=True)
n = 0
while True:
    batch = [(decision(n + i), None) for i in range(1 + n % 4)]
    n += len(batch)
    for got in log.append_many(batch):
        sys.stdout.write(got.id + "\n")
    sys.stdout.flush()
