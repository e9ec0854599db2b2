"""Six more lines of work for generated runs, and sentences about them without end: half to choose on, half to report on."""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """What one line of work talks about: its task, its things, what is said of them, who says it."""

    name: str
    task: str
    things: tuple[str, ...]
    traits: tuple[str, ...]
    acts: tuple[str, ...]
    people: tuple[str, ...]
    unit: str


DEV_TOPICS = (
    Topic("logistics", "Plan the delivery routes for tomorrow and tell every driver when to leave.",
          ("van 12", "the cold truck", "depot Nord", "route 7", "the ferry slot", "dock 4", "the Lyon leg", "parcel hub", "trailer 31", "night shift"),
          ("is late", "has room left", "needs a second driver", "is closed on Sundays", "costs more by rail", "must be cooled", "is overloaded", "waits for customs"),
          ("was moved to", "was unloaded at", "shares a bay with", "is blocked by", "was swapped with", "follows"),
          ("the dispatcher", "customs", "the carrier", "the driver", "the warehouse lead"), "pallets"),
    Topic("genomics", "Find which variants in the cohort are linked to the early onset and write the table.",
          ("exon 9", "sample P17", "the control arm", "chromosome 4", "the BRX2 locus", "batch C", "the trio of family 6", "read group 3", "the panel", "variant 1182"),
          ("has low coverage", "is heterozygous", "fails the filter", "is seen in both parents", "was called twice", "maps to a repeat", "is rare in the population", "was re-sequenced"),
          ("was aligned to", "is in linkage with", "was phased against", "overlaps", "was compared with", "was excluded with"),
          ("the lab", "the caller", "the statistician", "the clinic", "the data steward"), "reads"),
    Topic("catering", "Put together the menu for the wedding of 140 guests within the budget.",
          ("the starter", "the vegan main", "table 9", "the cake", "the wine list", "the late snack", "the kitchen tent", "the fish supplier", "the buffet", "the coffee bar"),
          ("contains nuts", "is out of season", "needs an oven on site", "was praised last year", "exceeds the budget", "must be ordered by Friday", "serves sixty", "has no substitute"),
          ("is served after", "was replaced by", "pairs well with", "shares a burner with", "arrives before", "was tasted with"),
          ("the bride", "the chef", "the venue", "the florist", "the supplier"), "plates"),
)  # fmt: skip

REPORT_TOPICS = (
    Topic("insurance", "Decide which of the storm claims can be paid without a visit.",
          ("claim 4471", "the roof estimate", "policy HX-2", "the adjuster note", "the photo set", "the flood clause", "the garage claim", "the prior loss", "the deductible", "the contractor bill"),
          ("lacks a date", "was paid before", "exceeds the limit", "is covered", "was sent twice", "needs a second quote", "names another address", "is under review"),
          ("contradicts", "was merged with", "refers to", "was filed after", "was settled with", "depends on"),
          ("the adjuster", "the insured", "the roofer", "the reinsurer", "the call centre"), "claims"),
    Topic("warehouse etl", "Load the March exports into the warehouse and make the totals agree with finance.",
          ("orders_march", "the fx table", "partition 2024-03-11", "the refunds feed", "dim_customer", "the staging bucket", "the late file", "job nightly_7", "the audit view", "stream eu-2"),
          ("has null keys", "is two hours late", "was truncated", "has duplicate rows", "matches the ledger", "changed its schema", "is partitioned by day", "was backfilled"),
          ("joins to", "was loaded after", "is derived from", "disagrees with", "was rebuilt from", "feeds"),
          ("finance", "the vendor", "the scheduler", "the on-call engineer", "the data owner"), "rows"),
    Topic("real estate", "Find three flats for the Kowalski family and book the viewings.",
          ("the flat in Lindenweg", "the attic unit", "listing 8802", "the corner house", "the garden flat", "the seller in Mitte", "the new building", "the school district", "the parking space", "flat 3B"),
          ("has no lift", "was reserved", "is above the budget", "faces the yard", "allows pets", "needs a new boiler", "was built in 1931", "can be seen on Tuesday"),
          ("is next to", "was listed with", "is cheaper than", "shares a wall with", "was sold after", "is an alternative to"),
          ("the agent", "the owner", "the bank", "the neighbour", "the notary"), "square metres"),
)  # fmt: skip


def fact(t: Topic, rng: random.Random) -> str:
    """One sentence about the topic: thousands are possible, with figures that tell them apart."""
    shape = rng.randrange(5)
    a, b = rng.sample(t.things, 2)
    if shape == 0:
        return f"According to {rng.choice(t.people)}, {a} {rng.choice(t.traits)}, unlike {b}."
    if shape == 1:
        return f"{a.capitalize()} {rng.choice(t.acts)} {b} on day {rng.randrange(1, 360)}."
    if shape == 2:
        return f"There are {rng.randrange(3, 9000)} {t.unit} for {a}, and {b} {rng.choice(t.traits)}."
    if shape == 3:
        return (
            f"{rng.choice(t.people).capitalize()} wrote that {a} {rng.choice(t.acts)} {b} and {rng.choice(t.traits)}."
        )
    return f"Since week {rng.randrange(1, 52)} {a} {rng.choice(t.traits)}; {rng.choice(t.people)} wants {rng.randrange(2, 400)} {t.unit}."


def facts(t: Topic, rng: random.Random, n: int) -> list[str]:
    return [fact(t, rng) for _ in range(n)]


def passage(t: Topic, rng: random.Random, n: int = 4) -> str:
    return " ".join(facts(t, rng, n))
