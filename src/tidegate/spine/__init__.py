"""The nouns every part of Tidegate shares, and the contracts plug-ins meet.

Nothing here does I/O, reads a clock or draws a random number.  One noun a module:

`call` who asks for what, and the closed list of endings · `conversation` messages in one
form for every API dialect · `trace` what happened · `finding` what a check noticed ·
`case` what will be run again · `gate` pass, fail or undecided · `estimate` a number with
its interval, or the reason there is none · `claim` the kernel that decides claims by
oracle · `answer` the one document a verb prints · `contracts` the six plug-in kinds ·
`ports` what a world must offer · `errors` the whole error tree · `codec` values ↔ bytes.
"""
