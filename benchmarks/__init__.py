"""Speed beside plain SimPy and Ciw on the same two models. Run with `make bench`; not part of the product."""
