"""Reads the TensorBoard events of a run with TensorBoard's own EventAccumulator and holds them against metrics.jsonl.

pip install tensorboard; python test/parity/tensorboard_events.py runs/<name>
"""

import json
import math
import struct
import sys
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def main():
    run = Path(sys.argv[1])
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    accumulator = EventAccumulator(str(run), size_guidance={"scalars": 0})
    accumulator.Reload()
    tags = accumulator.Tags()["scalars"]
    compared = 0
    wrong = []
    for tag in tags:
        recorded = {row["step"]: row[tag] for row in rows if tag in row and row["step"] > 0}
        events = accumulator.Scalars(tag)
        seen = {event.step: event.value for event in events}
        if len(events) != len(seen):
            wrong.append(f"{tag}: {len(events) - len(seen)} steps are there twice")
        if set(recorded) != set(seen):
            wrong.append(f"{tag}: steps {sorted(set(recorded) ^ set(seen))[:5]} are in one of them only")
        for step, value in recorded.items():
            # TensorBoard keeps 32-bit floats.
            expected = struct.unpack("<f", struct.pack("<f", value))[0]
            if step in seen and not (seen[step] == expected or (math.isnan(seen[step]) and math.isnan(expected))):
                wrong.append(f"{tag} at step {step}: {seen[step]}, recorded {value}")
            compared += 1
    files = len(list(run.glob("events.out.tfevents.*")))
    missing = sorted({key for row in rows if row["step"] > 0 for key in row} - set(tags) - {"step"})
    print(json.dumps({"files": files, "tags": len(tags), "values": compared, "wrong": len(wrong), "only in metrics.jsonl": missing}))
    for line in wrong[:10]:
        print(line, file=sys.stderr)
    sys.exit(1 if wrong or compared == 0 else 0)


main()
