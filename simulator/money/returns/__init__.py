"""What a stream of flows was worth to whoever put it in: rates, multiples, losses, and what was paid per outcome caused (MONEY section 5)."""
