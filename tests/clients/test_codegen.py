"""graphql-codegen generates a typed client from the schema and docs/examples, which compiles in strict TypeScript."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import EXAMPLES, NODE, SCHEMA, Program, Tool, operation_of

CODEGEN = {
    "strictScalars": True,  # a scalar that is not listed here is an error
    "scalars": dict.fromkeys(("Date", "DateTime", "Time", "TimeZone"), "string"),
    "documentMode": "string",
    "enumsAsTypes": True,
    "useTypeImports": True,
}
TYPESCRIPT = {
    "strict": True,
    "noEmitOnError": True,
    "skipLibCheck": True,
    "target": "es2022",
    "module": "commonjs",
    "types": [],
    "outDir": "compiled",
}


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory, tool: Tool) -> Path:
    """A folder with typed.ts, and with the generated client that it imports."""
    folder = tmp_path_factory.mktemp("typed")
    (folder / "node_modules").symlink_to(NODE / "node_modules")
    (folder / "typed.ts").write_text((NODE / "typed.ts").read_text())
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": TYPESCRIPT, "files": ["typed.ts"]}))
    client = {"preset": "client", "presetConfig": {"fragmentMasking": False}, "config": CODEGEN}
    codegen = {"schema": str(SCHEMA), "documents": [*map(str, EXAMPLES)], "generates": {f"{folder}/generated/": client}}
    (folder / "codegen.json").write_text(json.dumps(codegen))
    run = tool("node_modules/@graphql-codegen/cli/cjs/bin.js", "--config", folder / "codegen.json")
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


def test_every_example_has_types_of_its_result_and_variables(project: Path) -> None:
    types = (project / "generated" / "graphql.ts").read_text()
    declared = re.findall(r"^export type (\w+(?:Query|Mutation)(?:Variables)?) = ", types, re.MULTILINE)
    # codegen adds the type of the operation to its name, even if it is there already
    names = [re.sub("(Query|Mutation)$", r"\1\1", operation_of(path.read_text())) for path in EXAMPLES]
    assert sorted(declared) == sorted([*names, *(f"{name}Variables" for name in names)])
    assert ": any" not in types


def test_a_typed_program_compiles_strictly_and_reserves(
    project: Path, practice: dict[str, Any], tool: Tool, program: Program
) -> None:
    compiled = tool("node_modules/typescript/bin/tsc", cwd=project)
    assert (compiled.returncode, compiled.stdout) == (0, "")
    assert program("typed.mjs", **practice, module=str(project / "compiled" / "typed.js")) == {
        "startsAt": practice["starts"][0],
        "provider": "Anna",
        "statuses": ["PENDING", "CONFIRMED"],
    }
