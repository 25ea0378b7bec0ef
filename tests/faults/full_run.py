"""Whether this run writes the tables in docs/operations.md, as `script/faults` does. Then each fault lasts longer."""

import os

IS_FULL_RUN = os.environ.get("FAULTS_REPORT", "") not in ("", "0")
