"""Gate: a run against a policy of rules - GO, NO-GO or INSUFFICIENT EVIDENCE, for each rule and for the whole."""
