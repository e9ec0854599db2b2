"""Agent runs with a known truth, in many domains, tool vocabularies and API forms.

`stuck` and `legit` make abstract runs, `forms` writes them as the messages of an API, `vocabulary`
holds the domains in two halves: mechanisms are chosen on one and reported on the other.
"""
