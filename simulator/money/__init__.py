"""What people and contracts cost, pay and are worth: the valuation that follows a simulation run.

The modules here turn events that have already happened (days used, outcomes reached) into money: whole pence
and exact splits, dates and financial years, price years, discount factors, and the cost of services that come
in whole units. Official figures are data with a source and a vintage (``values/``). It never touches the
engine: nothing here draws a random number, changes what happens to a person, or is read while a run is going
on, so the same run can be valued again under another contract, price year or discount schedule.
"""
