"""An invented crowd: true people, and the records that five sources keep of them, with all that goes wrong there."""
