"""Ways to compute a posterior that know no model: chains, slices, quadrature, NUTS."""
