"""The shape of the code base: who may import whom, how long a module may be, what a quick command may load.

DESIGN's rule is one direction of imports: a module knows only those above it in `ORDER`. The checker is a plain
function over a folder, so that it is itself tested on folders that break the rule.
"""

import ast
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "simulator"
ORDER = (
    "scenario",
    "engine",
    "outcomes",
    "money",
    "analysis",
    "experiments",
    "present",
    "api",
    "api_doubt",
    "dashboard",
    "cli_options",
    "cli_process",
    "cli_study",
    "cli_doubt",
    "cli",
)
FRONT_DOORS = {"__init__", "__main__"}  # these offer everything; the test of `--help` keeps them lazy
LONGEST = 500
HEAVY = {"numpy", "scipy", "pandas", "streamlit", "plotly", "pydantic", "pyarrow", "simpy", "ruamel"}


def modules(package: Path) -> Iterator[tuple[str, Path]]:
    """Dotted name below the package (the package itself is "__init__") and file of every module."""
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        yield ".".join(parts), path


def imported(tree: ast.AST, module: str) -> Iterator[tuple[int, str]]:
    """Line and absolute dotted name of all that a module imports, inside functions and for typing too.

    `module` is the dotted name below the package; relative imports are resolved against it. A name taken from a
    module is given with it (`from simulator import money` yields `simulator.money`).
    """
    above = [PACKAGE, *module.split(".")[:-1]]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = above[: len(above) - node.level + 1] if node.level else []
            source = ".".join([*start, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{source}.{alias.name}") for alias in node.names)
        elif (
            isinstance(node, ast.Call)
            and getattr(node.func, "attr", getattr(node.func, "id", "")) in ("import_module", "__import__")
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ):
            yield node.lineno, node.args[0].value


def violations(package: Path) -> list[str]:
    """One sentence for everything in `package` that breaks the rules of the layout; empty if nothing does."""
    found = []
    for module, path in modules(package):
        text = path.read_text(encoding="utf-8")
        if (lines := len(text.splitlines())) > LONGEST:
            found.append(f"{module}: {lines} lines, more than {LONGEST}")
        if "utils" in module.split("."):
            found.append(f"{module}: no module needs the name utils")
        layer = module.split(".")[0]
        if layer in FRONT_DOORS:
            continue
        if layer not in ORDER:
            found.append(f"{module}: {layer} has no place in the order of imports")
            continue
        for line, name in imported(ast.parse(text, str(path)), module):
            top, _, rest = name.partition(".")
            if top != PACKAGE or rest == "__version__":
                continue
            target = rest.split(".")[0]
            if target not in ORDER:
                found.append(f"{module}:{line}: imports {name}, the front door, instead of the module itself")
            elif ORDER.index(target) > ORDER.index(layer):
                found.append(f"{module}:{line}: {layer} imports {name}, and {target} comes after it")
    return found


def test_every_module_imports_only_from_those_above_it():
    assert len(list(modules(ROOT / PACKAGE))) > len(FRONT_DOORS)
    assert violations(ROOT / PACKAGE) == []


def tree(folder: Path, **files: str) -> Path:
    """A package in `folder`; double underscores inside a name stand for a slash."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "text",
    [
        "from simulator.money.ledger import Ledger",
        "import simulator.money.ledger",
        "from simulator import money",
        "from ..money import ledger",
        "from .. import money",
        "def late():\n    from simulator.money import ledger",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from simulator.money import ledger",
        "import importlib\nimportlib.import_module('simulator.money.ledger')",
        "from simulator import simulate",
        "import simulator",
    ],
)
def test_the_checker_refuses_an_import_against_the_order(tmp_path, text):
    [found] = violations(tree(tmp_path, engine__history=text))
    assert found.startswith("engine.history:")


@pytest.mark.parametrize(
    "text",
    [
        "from simulator.scenario import schema",
        "from ..scenario.schema import Scenario",
        "from . import rules",
        "from .rules import draw",
        "from simulator import __version__, scenario",
        "import numpy as np\nfrom money import anything",
    ],
)
def test_the_checker_accepts_an_import_with_the_order(tmp_path, text):
    assert violations(tree(tmp_path, engine__history=text)) == []


def test_the_checker_resolves_relative_imports_in_a_package_and_below_it(tmp_path):
    files = {
        "money__values__table": "from ...present import words",
        "scenario__face": "from .load import load",
    }
    folder = tree(tmp_path, **files)
    (folder / "scenario" / "__init__.py").write_text("from ..cli import main\n", encoding="utf-8")
    assert violations(folder) == [
        "money.values.table:1: money imports simulator.present.words, and present comes after it",
        "scenario.__init__:1: scenario imports simulator.cli.main, and cli comes after it",
    ]


def test_the_checker_refuses_long_modules_utils_and_strangers(tmp_path):
    folder = tree(tmp_path, money__long="x = 1\n" * (LONGEST + 1), engine__utils="", helpers="", cli="")
    (folder / "__init__.py").write_text("from simulator.cli import main\n", encoding="utf-8")
    assert violations(folder) == [
        "engine.utils: no module needs the name utils",
        "helpers: helpers has no place in the order of imports",
        f"money.long: {LONGEST + 1} lines, more than {LONGEST}",
    ]


HELP = f"""
import sys
from simulator.cli import main
sys.argv = ["simulator", "--help"]
try:
    main()
except SystemExit as end:
    if end.code:
        raise
print("loaded:", *sorted({HEAVY} & sys.modules.keys()))
"""


def test_help_loads_no_heavy_library():
    done = subprocess.run([sys.executable, "-c", HELP], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout
    assert done.stdout.splitlines()[-1] == "loaded:"


def test_help_answers_in_under_half_a_second():
    seconds = []
    for _ in range(5):  # the best of five: the machine may be busy with other tests
        begin = time.perf_counter()
        subprocess.run(
            [sys.executable, "-c", HELP], cwd=ROOT, capture_output=True, stdin=subprocess.DEVNULL, check=True
        )
        seconds.append(time.perf_counter() - begin)
    assert min(seconds) < 0.5


# Put together from pieces, so that this file does not name what it forbids.
HOSTS = [
    ("py", "pi.org"),
    ("python", "hosted.org"),
    ("npm", "js.org"),
    ("npm", "js.com"),
    ("deb.", "debian.org"),
    ("conda.", "anaconda.org"),
    ("crates", ".io"),
    ("proxy.", "golang.org"),
]
FORBIDDEN = {
    "a package registry's host": re.compile("|".join(re.escape("".join(pair)) for pair in HOSTS)),
    "a path of one machine": re.compile(
        r"(?<![\w.\-])" + "/" + r"(?:work|root|farm|home/[\w.-]+|Users/[\w.-]+)" + "/" + r"|[A-Z]:\\Users\\\w"
    ),
}


def project_files() -> list[Path]:
    """All files that are in the repository or would be added to it; without Git, all but hidden folders' files."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True
    )
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:
        paths = [path for path in ROOT.rglob("*") if not path.relative_to(ROOT).parts[0].startswith(".")]
    return [path for path in paths if path.is_file()]


def test_no_file_names_a_package_registry_or_a_path_of_one_machine():
    found = []
    for path in project_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # not text
            continue
        for what, pattern in FORBIDDEN.items():
            for match in pattern.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                found.append(f"{path.relative_to(ROOT)}:{line}: {what}, {match.group()}")
    assert found == []


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        ("see https://" + "py" + "pi.org/project/simpy", True),
        ("sys.path.insert(0, '" + "/" + "root/project')", True),
        ("open('" + "/" + "home/ada/scenario.yaml')", True),
        ("home/work/school, and/or work/life", False),
        ("https://docs.example.org/work/guide", False),
        ("scenarios/edge-of-care.yaml", False),
    ],
)
def test_the_patterns_catch_what_they_should(text, caught):
    assert any(pattern.search(text) for pattern in FORBIDDEN.values()) is caught
