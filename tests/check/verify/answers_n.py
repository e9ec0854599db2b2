r"""A thirteenth set of answers: replies of a chat assistant, two to eight sentences of Markdown and LaTeX, written before any was run.

Every text stands twice, wrong and right: `§` is the place of the one planted error.
"""
# fmt: off

from tests.check.verify.collecting import Answers

ITEMS = Answers()
twin, ok = ITEMS.twin, ITEMS.ok

twin("arith", "Sure! Let's break it down.\n\n- You buy **3 boxes** of 24 pencils, so you have 72 pencils.\n- You give away 15 of them.\n- That leaves you with **§ pencils**.", "67", "57")
twin("arith", "| Part | Qty | Price each | Line total |\n|---|---:|---:|---:|\n| Bolt M6 | 40 | $0.15 | $6.00 |\n| Bracket | 12 | $4.25 | $51.00 |\n| **Total** | | | **$§** |", "67.00", "57.00")
twin("arith", "| Month | Rainfall (mm) |\n|---|---|\n| April | 42 |\n| May | 58 |\n| June | 71 |\n| **Total** | **§** |\n\nSo the quarter was fairly wet.", "181", "171")
twin("arith", "The area of a circle with a radius of 3 cm is approximately § cm², using $A = \\pi r^2$.", "18.85", "28.27")
twin("arith", "The meeting ran from 9:40 to 11:05, which is § minutes.", "95", "85")
twin("arith", "Here's the expansion step by step:\n\n\\begin{align*}\n(3x)^2 &= 9x^2 \\\\\n3^4 \\cdot 2 &= 81 \\cdot 2 \\\\\n&= §\n\\end{align*}", "182", "162")
twin("arith", "A fair die lands on six with probability 1/6, so the probability of *not* rolling a six is §.", "4/6", "5/6")
twin("arith", "To find the median of 4, 8, 15, 16, 23, we look at the middle value, which is **§**.", "16", "15")
twin("pct", "The stock climbed from $40 to $50, an increase of §.", "20%", "25%")
twin("pct", "If the original price is $80 and you get **15% off**, the final price is **$§**.", "66", "68")
twin("pct", "In the survey, 126 of 450 respondents preferred tea. That's §% of the people asked.", "32", "28")
twin("pct", "You have a probability of 0.35 of rain, which means the chance of staying dry is §.", "75%", "65%")
twin("unit", "A mile is about § km, so this trip isn't far at all.", "1.9", "1.6")
twin("unit", "Normal body temperature is 37 °C, or § °F.", "96.8", "98.6")
twin("unit", "A download of 10 GB over a 100 Mbit/s connection takes about § seconds, assuming the link is saturated.", "80", "800")
twin("unit", "A 2 kg mass moving at 3 m/s has a kinetic energy of § J.", "18", "9")
twin("unit", "A resistor of 4 Ω connected to a 12 V battery draws a current of §.", "4 A", "3 A")
twin("unit", "Pushing with a force of 50 N over a distance of 4 m does § J of work.", "250", "200")
twin("unit", "One hectare corresponds to § m², i.e. a square 100 m on a side.", "1,000", "10,000")
twin("dim", "The pressure exerted at depth $h$ in a fluid is $P = \\rho g §$, where $\\rho$ is the fluid density in kg/m³, $g$ the gravitational acceleration in m/s² and $h$ the depth in m, so $P$ comes out in Pa.", "h^2", "h")
twin("dim", "**Centripetal force:** $F = \\frac{m v^2}{§}$, where $m$ is the mass, $v$ the speed and $r$ the radius.", "r^2", "r")
twin("chem", "The combustion of propane is\n\n$$\\mathrm{C_3H_8 + § O_2 \\rightarrow 3 CO_2 + 4 H_2O}$$\n\nwhich releases a lot of heat.", "4", "5")
twin("chem", "Magnesium burns in air: $\\ce{2Mg + O2 -> §MgO}$. The product is a white powder.", "3", "2")
twin("chem", "Potassium permanganate (KMnO₄) is a strong oxidizer. In it, manganese has an oxidation state of §.", "+6", "+7")
twin("chem", "The sulfate ion has the formula $\\mathrm{SO_4^{§}}$ and is found in many salts.", "3-", "2-")
twin("chem", "A solution with $[\\text{H}^+] = 1 \\times 10^{-3}$ M has a pH of §.", "4", "3")
twin("const", "The Avogadro constant, $N_A = §\\ \\text{mol}^{-1}$, tells us how many particles are in a mole.", "6.022 \\times 10^{22}", "6.022 \\times 10^{23}")
twin("code", "You can sort the list in place with `sort`:\n\n```python\nnumbers = [3, 1, 2]\nnumbers.§(reverse=True)\nprint(numbers)\n```", "sort_values", "sort")
twin("code", "Here's how to read JSON from a file:\n\n```python\nimport json\n\nwith open('data.json') as f:\n    data = json.§(f)\n```", "read", "load")
twin("ref", "You'll find this in *Introduction to Algorithms* (3rd edition), ISBN 978-0-262-03384-§.", "5", "8")
ok("arith", "Great question! The product 12 × 12 is 144, and 12 + 12 is just 24, so don't mix the two up.")
ok("pct", "The price went from $40 to $50 and then back to $40: up 25%, then down 20%.")
