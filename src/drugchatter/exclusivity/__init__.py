"""When does protection end? Pure functions over the rows of the Orange and Purple Books; reading order:

`listings` (rows by application, names to applications) → `rules` (patents, exclusivities, the dates) → `generics` and
`biologics` (who else is approved) → `protection` (the result and its JSON) → `remarks` (what a reader must be told) →
`losing` (lists over all applications). Sources of every rule are in the docstrings.
"""
