"""One folder a posterior: its definition and every way to compute it."""
