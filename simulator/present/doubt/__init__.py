"""How sure are we, told: charts, tables and sentences on uncertainty, what matters most, and what knowing more is worth."""
