r"""A fourteenth set of answers: lab reports, engineering notes and code reviews as a language model writes them, before any was run.

Every text stands twice, wrong and right: `§` is the place of the one planted error.
"""
# fmt: off

from tests.check.verify.collecting import Answers

ITEMS = Answers()
twin, ok = ITEMS.twin, ITEMS.ok

twin("arith", "## Results\n\nThe three trials gave 24.6 s, 25.1 s and 24.9 s. Averaging these values yields a mean time of **§ s**, which was used for all further calculations.", "25.3", "24.9")
twin("arith", "**Sizing the tank.** The tank is a cylinder, 2 m in diameter and 3 m tall, so its volume is π × 1² × 3 ≈ § m³.", "8.42", "9.42")
twin("arith", "The standard error follows from the standard deviation as $s/\\sqrt{n} = 4.2/\\sqrt{36} = §$.", "0.6", "0.7")
twin("arith", "The batch contained 1,200 parts. Of these, 45 were rejected at inspection and a further 30 failed the burn-in test, leaving § good parts for shipment.", "1,135", "1,125")
twin("arith", "Evaluating the polynomial at $x = 2$ gives\n\n$$f(2) = 3 \\cdot 2^3 - 4 \\cdot 2 + 1 = 24 - 8 + 1 = §.$$", "15", "17")
twin("arith", "The beam carries a uniform load of 5 kN/m over a span of 6 m. The maximum bending moment is therefore\n\n$$M = \\frac{w L^2}{8} = \\frac{5 \\times 6^2}{8} = §\\ \\text{kN·m}.$$", "27.5", "22.5")
twin("pct", "Compared with the reference value of 9.81 m/s², our result of 9.62 m/s² is low by §%.", "3.9", "1.9")
twin("pct", "The refactoring cut the test suite's run time from 12 minutes to 9 minutes, a § improvement.", "33%", "25%")
twin("pct", "Theoretical yield: 5.00 g. Actual yield: 4.20 g. The percent yield is thus (4.20 / 5.00) × 100 = §%.", "86.0", "84.0")
twin("pct", "At an efficiency of 85%, a motor that draws 2 kW of electrical power delivers § kW at the shaft.", "1.5", "1.7")
twin("unit", "The flow rate was set to 30 L/min, equivalent to § m³/h, for the whole run.", "18", "1.8")
twin("unit", "The sample was heated to 350 °F (§ °C) and held there for 20 minutes.", "167", "177")
twin("unit", "Each node has 64 GB of RAM, so the 16-node cluster offers § TB of memory in total.", "10.24", "1.024")
twin("unit", "The pump raises 500 kg of water through a height of 12 m, which requires about § kJ of energy (taking g = 9.81 m/s²).", "5.89", "58.9")
twin("unit", "A pressure of 101,325 Pa corresponds to § mmHg, i.e. one standard atmosphere.", "706", "760")
twin("unit", "With a supply of 24 V, a load of 8 Ω dissipates § W.", "192", "72")
twin("unit", "The wave travels at 340 m/s; at a frequency of 170 Hz its wavelength is § m.", "0.5", "2")
twin("unit", "The capacitor (100 µF) and resistor (47 kΩ) give a time constant of § s.", "0.47", "4.7")
twin("dim", "The volumetric flow through the pipe follows from $Q = §$, where $A$ is the cross-sectional area in m² and $v$ the mean velocity in m/s; $Q$ is obtained in m³/s.", "A v^2", "A v")
ITEMS.bad("dim", "Reynolds number: $\\mathrm{Re} = \\frac{\\rho v D}{\\mu}$. With ρ in kg/m³, v in m/s, D in m and µ in N/m², the result is dimensionless.", "\\mathrm{Re} = \\frac{\\rho v D}{\\mu}")  # shown at the formula
ok("dim", "Reynolds number: $\\mathrm{Re} = \\frac{\\rho v D}{\\mu}$. With ρ in kg/m³, v in m/s, D in m and µ in Pa·s, the result is dimensionless.")
twin("chem", "The precipitate was identified as silver chloride, formed via\n\n$$\\mathrm{Ag^+(aq) + Cl^-(aq) \\rightarrow §(s)}$$", "AgCl_2", "AgCl")
twin("chem", "Approximately 5.85 g of sodium chloride (M = 58.44 g/mol) was weighed out, corresponding to § mol.", "0.0100", "0.100")
twin("chem", "**Discussion.** In hydrogen peroxide, H₂O₂, oxygen has an oxidation state of §, which explains why the compound can act both as an oxidant and as a reductant.", "−2", "−1")
twin("chem", "The molar mass of calcium hydroxide, Ca(OH)₂, is § g/mol.", "57.09", "74.09")
twin("chem", "The iron(III) ions react with thiocyanate. Iron(III) chloride, the source of these ions, has the formula §.", "FeCl₂", "FeCl₃")
twin("const", "For the energy we used $E = h\\nu$ with Planck's constant $h = 6.62607015 \\times 10^{§}$ J·s.", "-32", "-34")
twin("const", "The Stefan–Boltzmann constant (§ W·m⁻²·K⁻⁴) links the radiated power to the fourth power of the temperature.", "5.760 × 10⁻⁸", "5.670 × 10⁻⁸")
twin("code", "**Review comment:** `os.path.join` is fine here, but prefer `pathlib`:\n\n```python\nfrom pathlib import Path\n\nconfig = Path.home() / 'app' / 'config.toml'\nif config.§():\n    text = config.read_text(encoding='utf-8')\n```", "is_exists", "exists")
twin("code", "Nit: pass the axis explicitly.\n\n```python\nimport numpy as np\n\nmeans = np.mean(samples, §=0)\n```", "dim", "axis")
twin("code", "```python\nfrom collections import §\n\ncounts = Counter(words)\nprint(counts.most_common(3))\n```\n\nThis prints the three most frequent words.", "counter", "Counter")
twin("ref", "The procedure follows ISO §:2015 (quality management systems).", "90011", "9001")
twin("ref", "See the original publication, doi:§, for the full derivation.", "11.1038/nature14539", "10.1038/nature14539")
ok("arith", "Doubling the sample size from 50 to 100 reduces the standard error by a factor of √2 ≈ 1.41, not by a factor of 2.")
ok("unit", "The fridge runs at 4 °C, while the freezer is kept at −18 °C (about 0 °F); the difference is 22 °C, or roughly 40 °F.")
