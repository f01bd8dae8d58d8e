"""Which changes of the code no test notices: `python -m benchmarks.mutation PACKAGE_OR_FILE ...`.

One small fault at a time is put into a copy of the tree, and the tests that run the changed line are run against it.
A fault that fails none of them survives: it names a behaviour that nobody has written down.
"""
