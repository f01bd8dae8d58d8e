"""What all commands share: options, output, exit codes, the open project."""
