"""How fast the product is, beside other tools and as it grows. Run with `make bench`; not part of the product."""
