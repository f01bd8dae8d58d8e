"""The package a person gets who asks what is known of them: masked, in words and as tables, one encrypted file."""
