"""`onecontact audit`: which of its actions is meant."""

import argparse
from importlib import import_module

MODULES = {"log": "log", "verify": "verify", "prove": "prove", "verify-proof": "prove", "export": "export"}


def command(args: argparse.Namespace) -> int:
    """Do what is asked of the trail; the exit code."""
    module = import_module(f"console.auditing.{MODULES[args.action_of_audit]}")
    done: int = module.check(args) if args.action_of_audit == "verify-proof" else module.command(args)
    return done
