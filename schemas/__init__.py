"""What a row is: vocabulary, contracts, configuration. Imports no other package of onecontact."""
