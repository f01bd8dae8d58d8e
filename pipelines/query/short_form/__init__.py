"""The short form of filters: read with a caret under every mistake, and printed."""
