"""DuckDB's search for pandas, ended where pandas is not installed."""

import sys
from functools import cache
from importlib.util import find_spec
from types import ModuleType

import duckdb


@cache
def stop_looking_for_pandas() -> None:
    """Show DuckDB a stand-in for pandas once, which it keeps for the rest of the process.

    DuckDB compares each bound value with `pandas.NaT` and `pandas.NA`. It remembers the two once it has found them;
    until then it tries to import pandas twice for each value, which takes longer than a small statement does. The
    stand-in holds two objects that no value is. Nobody else sees it: `import pandas` fails before and afterwards.
    """
    if "pandas" in sys.modules or find_spec("pandas") is not None:
        return
    stand_in = ModuleType("pandas")
    vars(stand_in).update(NaT=object(), NA=object())
    sys.modules["pandas"] = stand_in
    try:
        duckdb.ConstantExpression(0)  # binds a value without needing a connection
    finally:
        del sys.modules["pandas"]
