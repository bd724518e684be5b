"""The shipped scenarios beside the facts they cite: each scenario has a module of facts, and one test for them all."""
