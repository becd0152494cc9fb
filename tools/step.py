"""Say what a step does, run it, say how long it took: `step.py "Sentence." command …`."""

import os
import subprocess
import sys
import time


def main() -> int:
    """Run the command given on the command line; return its status."""
    sentence, *command = sys.argv[1:]
    print(f"▸ {sentence}", flush=True)
    start = time.monotonic()
    try:
        code = subprocess.run(command, check=False, env=os.environ).returncode
    except KeyboardInterrupt:
        code = 130
    seconds = time.monotonic() - start
    verdict = "✓ done" if code == 0 else f"✗ failed (status {code})"
    print(f"{verdict} in {seconds:.1f} s", flush=True)
    return code


if __name__ == "__main__":
    raise SystemExit(main())
