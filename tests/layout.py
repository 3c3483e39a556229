"""The rules of the layout: who may import whom, who knows Flask, who commits. A breach is `module:line: what`."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

FOUNDATION = {"audit", "config", "db", "errors", "files", "installation", "mail", "outbox", "permissions"}
FEATURES = [
    "catalog",
    "people",
    "cohorts",
    "evidence",
    "coursework",
    "sessions",
    "recordings",
    "grading",
    "certification",
    "coaching",
    "reports",
    "keys",
    "delivery",
    "upkeep",
    "lti",
]
"""Each may import those before it."""
ENTRANCES = {"", "cli", "demo", "jobs", "serving"}
"""create_app (the package itself), the shell, the worker, the demo, the server: they may import everything."""
PARTS = ["models", "queries", "service", "forms", "views"]
"""Inside a feature each may import those before it. A module named after its job may import all but forms and views."""
PAGES = {"forms", "views"}
SHELL = {"mentorcert.cli", *(f"mentorcert.cli.{name}" for name in ("commands", "keys", "lrs", "recordings", "shell"))}
KNOW_FLASK = {"mentorcert", "mentorcert.db", "mentorcert.jobs", *SHELL}
MAY_COMMIT = {
    "xapi.lrs",
    "xapi.lrs.together",
    "mentorcert",
    "mentorcert.demo",
    "mentorcert.jobs",
    "mentorcert.upkeep.hourly",
    "mentorcert.upkeep.nightly",
    *SHELL,
}


@dataclass(frozen=True)
class Module:
    """A module's dotted name and its source."""

    name: str
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @property
    def area(self) -> str:
        """Return the part of mentorcert that it lies in: `db`, `people`, `web`; empty for the package itself."""
        return area(self.name)

    @property
    def part(self) -> str:
        return part(self.name)

    @property
    def is_http(self) -> bool:
        """Whether it is part of the store's resources."""
        return f"{self.name}.".startswith("xapi.lrs.")

    @property
    def is_page(self) -> bool:
        return self.area in FEATURES and self.part in PAGES


def area(name: str) -> str:
    return name.split(".")[1] if "." in name else ""


def part(name: str) -> str:
    """Return what a feature's module is: `models`, `views`, …; `console_views` and `views.console` are views too."""
    return name.split(".")[2].rsplit("_", 1)[-1] if name.count(".") >= 2 else ""


def imports(module: Module, known: set[str]) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of what a module imports; `from a import b` is `a.b` where that is a module."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = "." * node.level + (node.module or "")
            inner = ((alias, f"{start}.{alias.name}") for alias in node.names)
            yield from ((node.lineno, name if name in known else start) for _, name in inner)


def breaches(module: Module, known: set[str]) -> list[str]:
    """Name every breach in a module; `known` holds the names of all our modules."""
    found = [(line, what) for line, name in imports(module, known) if (what := _import_fault(module, name))]
    top = {id(node) for node in _top(module.tree)}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in top:
            found.append((node.lineno, "an import below the top of the file"))
        if _commits(node) and module.name not in MAY_COMMIT:
            found.append((getattr(node, "lineno", 0), "a commit; the application commits once a request"))
    if module.name.startswith("mentorcert.") and module.area not in {*FOUNDATION, *FEATURES, *ENTRANCES, "web"}:
        found.append((1, "a part of mentorcert that has no place in the layout"))
    return [f"{module.name}:{line}: {what}" for line, what in sorted(found)]


def _top(tree: ast.Module) -> Iterator[ast.stmt]:
    for node in tree.body:
        yield node
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from node.body


def _commits(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"


def _import_fault(module: Module, name: str) -> str | None:
    package = name.partition(".")[0]
    if name.startswith("."):
        return f"{name}: write the whole name"
    if package == "flask" or package.startswith("flask_"):
        knows = module.name in KNOW_FLASK or module.is_page or module.area == "web" or module.is_http
        return None if knows else f"{name}: only pages and entrances know Flask"
    if package != "mentorcert":
        return None
    if module.name.split(".")[0] == "xapi":
        return f"{name}: xapi knows nothing of mentorcert"
    return _layer_fault(module, name)


def _layer_fault(module: Module, name: str) -> str | None:
    here, there = module.area, area(name)
    if here in ENTRANCES:
        return None
    faults = {
        "only entrances import an entrance": there in ENTRANCES,
        "only pages import web": there == "web" and not (module.is_page or here == "web"),
        "only pages import pages": there in FEATURES and part(name) in PAGES and not module.is_page,
        "the foundation imports no feature": here in FOUNDATION and there in FEATURES,
    }
    if broken := next((what for what, is_so in faults.items() if is_so), None):
        return f"{name}: {broken}"
    return _order_fault(module, name) if {here, there} <= set(FEATURES) else None


def _order_fault(module: Module, name: str) -> str | None:
    here, there = FEATURES.index(module.area), FEATURES.index(area(name))
    if there > here:
        return f"{name}: {module.area} comes before {area(name)}"
    both_ranked = here == there and module.part in PARTS and part(name) in PARTS
    if both_ranked and PARTS.index(part(name)) > PARTS.index(module.part):
        return f"{name}: {module.part} comes before {part(name)}"
    return None


def our_modules() -> list[Module]:
    paths = [path for package in ("mentorcert", "xapi") for path in (ROOT / package).rglob("*.py")]
    ours = [path.relative_to(ROOT) for path in paths if not {"migrations", "node_modules"} & set(path.parts)]
    return [Module(_dotted(path), (ROOT / path).read_text(encoding="utf-8")) for path in sorted(ours)]


def _dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def cycle(modules: list[Module]) -> list[str]:
    """Return the modules of a circle of imports, or nothing."""
    known = {module.name for module in modules}
    graph = {
        module.name: {name for _, name in imports(module, known) if name in known - {module.name}} for module in modules
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        return circle
    return []
