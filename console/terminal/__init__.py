"""What every command shares: options, output, exit codes, the open project."""
