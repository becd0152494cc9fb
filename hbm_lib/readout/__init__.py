"""From a file of users' rows to a table of readouts and a report."""
