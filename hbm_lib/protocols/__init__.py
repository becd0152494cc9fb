"""The written-out plan of a study: criteria, decision stages, predictions, verdicts."""
