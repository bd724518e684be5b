"""A first scenario with comments that teach the language: what `simulator new` writes."""

from __future__ import annotations

import json
import re

SCHEMA = "../schema/scenario.schema.json"


def starter(title: str, schema: str = SCHEMA) -> str:
    """The text of a small, complete scenario of two designs that checks without errors.

    `title` may hold anything; line breaks become spaces and it is quoted. `schema` is the path of the JSON Schema as
    seen from the file, for editors.

    >>> starter("Early help").splitlines()[2]
    'scenario: "Early help"'
    """
    clean = " ".join(_UNPRINTABLE.sub(" ", title).split()) or "A first scenario"
    place = " ".join(_UNPRINTABLE.sub(" ", schema).split())
    # A JSON string is a YAML string; what JSON escapes, YAML reads back.
    return _TEXT.replace("{schema}", place).replace("{title}", json.dumps(clean, ensure_ascii=False))


# Control characters, surrogates and the line ends that YAML knows besides \n.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")

_TEXT = """\
# yaml-language-server: $schema={schema}
format: 1
scenario: {title}
place: Anytown (illustrative)
summary: >
  Families who struggle get help when it has become a crisis. The alternative reaches them earlier.
  Every number below is an assumption to start from: put your own in its place, with its source.

# How a number is written: the value with its unit, then the range that we are 95% sure of, then its source.
#     60%     60% (48% to 76%)     60% (48% to 76%) @taylor-2024     60% (48% to 76%) @assumption
# What follows @ is a key of `sources` at the end of this file, or `assumption`.
# Inside { } and [ ] a number with a comma needs quotes: "£4,100".

start: 2027-04-01         # results and designs begin here
horizon: 5 years          # results run this long
warm_up: 3 years          # before the start all designs run as the baseline; not reported
price_year: 2024/25       # the year of all prices that say no other

agencies:                 # budgets that pay or save
  council: Children's services

people:
  unit: family
  arrive:                 # how many come, and in which state they are then
    struggling: 300 per year (260 to 340) @assumption
  segments:               # everybody is in one segment of each grouping; the shares sum to 100%
    area: {town: "60% (55% to 65%) @assumption", villages: "40% (35% to 45%) @assumption"}
  leave_after: {exponential: 5 years (4 to 6) @assumption}      # moving away, growing up

needs:                    # the states that somebody can be in, one at a time
  struggling: {label: Struggling}
  coping:     {label: Coping}
  in_crisis:
    label: In crisis
    crisis: yes
    cost: {council: "£400 per person per week (£300 to £500) @assumption", cashable: 20%}
  # `cashable` is the share of an avoided cost that really stops being spent; left out, it is 0%.

transitions:              # ways out of a state, each with its own time; the first to ring wins
  struggling -> coping:    {exponential: 18 months (15 to 21) @assumption}
  # What a study observed: the share of those who struggle that has gone this way by then.
  struggling -> in_crisis:
    within: {12 months: 20% (15% to 25%) @assumption}
    hazard_ratio: {villages: 1.2 (1.0 to 1.44) @assumption}     # by segment; who is not named has 1
  in_crisis -> coping:     {exponential: 8 months (6 to 10) @assumption}
  coping -> struggling:    {exponential: 4 years (3 to 5) @assumption}

services:
  family_support:
    label: Family support
    for: struggling                   # entering this state is a chance of being referred
    referral:
      share: 50% (40% to 60%) @assumption
      after: {exponential: 4 weeks (3 to 5) @assumption}
    take_up: 75% (65% to 85%) @assumption
    places: 10                        # who finds none free waits ...
    queue: {give_up: {exponential: 20 weeks (15 to 25) @assumption}}      # ... until they give up
    length: 20 weeks
    while_in: [struggling, coping]    # a crisis ends the stay
    drop_out: 20% (10% to 30%) @assumption
    effects:
      fewer_crises:
        on: struggling -> in_crisis
        hazard_ratio: 0.7 (0.5 to 0.98) @assumption     # 0.7 times the hazard; a study's risk_ratio can stand here too
        kept_by: completers
        fades_over: 12 months
    cost:
      council: £7,000 per place per year (£6,000 to £8,000) @assumption

outcomes:
  kept_out_of_crisis:
    label: No crisis in the 12 months after referral
    since: family_support referred
    avoided: in_crisis
    for: 12 months

designs:
  today:
    label: As it is
    baseline: yes                     # exactly one design is the baseline
  earlier_help:
    label: Four times the places
    services:                         # a design says only what it changes
      family_support:
        places: {start: 10, 2027-10-01: 40}

# Sources look like this; write the key after @ where the number is used. Grade 1 is the best evidence, 6 the weakest.
# sources:
#   taylor-2024: {cite: "Taylor et al. 2024, British Journal of Social Work", grade: 2}
"""
