"""`python -m benchmarks [NAME ...]`: run benchmarks by name, or say which there are."""

import pkgutil
import sys
from importlib import import_module

import benchmarks


def main(names: list[str]) -> int:
    """Run the named benchmarks; without a name, list all with the first line of what they say of themselves."""
    known = {each.name: import_module(f"benchmarks.{each.name}") for each in pkgutil.iter_modules(benchmarks.__path__)}
    runnable = {name: module for name, module in known.items() if hasattr(module, "run")}
    unknown = [name for name in names if name not in runnable]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(sorted(runnable))}", file=sys.stderr)
        return 2
    if not names:
        print('make bench ARGS="NAME ..." runs:')
    for name in names or sorted(runnable):
        if names:
            runnable[name].run()
        else:
            print(f"  {name:12} {(runnable[name].__doc__ or '').splitlines()[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
