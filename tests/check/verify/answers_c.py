"""Longer answers, as assistants write them for engineers, pharmacists, cooks and accountants, made before it was seen how
the code treats them.

Each has exactly one planted error (`bad` names the part) or none (`ok`: nothing may be refuted).
"""
# fmt: off

from tests.check.verify.collecting import Answers

ITEMS = Answers()
bad, ok = ITEMS.bad, ITEMS.ok

# ---------- engineering
bad("arith", "A simply supported beam of span 6 m carries 12 kN/m. The maximum moment is wL²/8 = 12 × 6² / 8 = 54 kN·m, and the "
    "maximum shear at the supports is wL/2 = 12 × 6 / 2 = 32 kN. Check both against the section's capacity.", "12 × 6 / 2 = 32 kN")
bad("unit", "The pump delivers 15 L/s, which is the same as 5.4 m³/h, so a DN100 line keeps the velocity under 2 m/s.", "5.4 m³/h")
bad("unit", "Tighten the head bolts to 85 N·m (about 72.7 lb-ft) in three passes and the cover bolts to 25 N·m (about 221 lb-in).",
    "85 N·m (about 72.7 lb-ft)")
bad("unit", "At the bottom of the tank p = ρgh = 1000 kg/m³ × 9.81 m/s² × 12 m = 117,720 Pa ≈ 1.18 MPa, so a 6 bar gauge is enough.",
    "1.18 MPa")
bad("unit", "Standard atmospheric pressure: 101.325 kPa = 14.696 psi = 760 mmHg = 1.1325 bar.", "1.1325 bar")
bad("arith", "For the three-phase motor, P = √3 × 400 V × 20 A × 0.85 = 14.78 kW of electrical input.", "14.78 kW")
bad("arith", "The Reynolds number is Re = ρvD/μ = 1000 × 2 × 0.05 / 0.001 = 10,000. Because Re > 4000, the flow is turbulent.",
    "1000 × 2 × 0.05 / 0.001 = 10,000")
bad("unit", "The rail grows by ΔL = αLΔT = 12×10⁻⁶ × 30 × 40 = 0.0144 m = 1.44 mm on a hot day; leave a gap.", "1.44 mm")
bad("dim", "The energy stored in the flywheel is E = ½ I ω, where E is the energy in joules, I the moment of inertia in kg·m² and ω "
    "the angular velocity in rad/s.", "E = ½ I ω")
bad("dim", "Bernoulli's equation for steady flow reads p + ½ρv + ρgh = constant, where p is the pressure in Pa, ρ the density in "
    "kg/m³, v the speed in m/s, g the gravitational acceleration in m/s² and h the height in m.", "p + ½ρv + ρgh")
bad("dim", "The period of a simple pendulum is $T = 2\\pi\\sqrt{\\frac{g}{L}}$, where $L$ is the length of the string and $g$ the "
    "acceleration due to gravity. It does not depend on the mass.", "T = 2\\pi\\sqrt{\\frac{g}{L}}")
bad("dim", "Joule's first law: the power dissipated in the resistor is P = I R², where I is the current and R the resistance.", "P = I R²")
bad("dim", "The contact pressure is p = F/A = 90 N / 2 m² = 45 N, far below the yield strength.", "45 N,")
bad("dim", "Newton's second law gives F = m·a = 12 kg × 3 m/s² = 36 J.", "36 J")
bad("dim", "To lift 500 kg by 4 m in 10 s you need W = m g h = 500 kg × 9.81 m/s² × 4 m = 19,620 W of work, hence 1,962 W of power.",
    "19,620 W")
bad("unit", "The cable run is 250 ft, i.e. 76.2 m, and the tray above it is 18 in, i.e. 547 mm, wide.", "18 in, i.e. 547 mm")
# ---------- finance
bad("arith", "On a $250,000 mortgage at 6% over 30 years the payment is $1,498.88 a month. You pay 360 × $1,498.88 = $539,596.80 in "
    "total, so the interest comes to $539,596.80 − $250,000 = $298,596.80.", "$539,596.80 − $250,000 = $298,596.80")
bad("arith", "Simple interest: I = P·r·t = $8,000 × 0.045 × 3 = $1,180, payable at the end of the term.", "$8,000 × 0.045 × 3 = $1,180")
bad("arith", "Reported EBITDA of 18.4 on revenue of 92 is a margin of 18.4 / 92 = 20%. With the one-off cost of 3.0 added back it is "
    "21.4 / 92 = 25.3%.", "21.4 / 92 = 25.3%")
bad("arith", "The share price rose from $48 to $54 over the quarter, a gain of 11.1%.", "11.1%")
bad("arith", "Item A: €119.00 / 1.19 = €100.00 net. Item B: €59.50 / 1.19 = €48.00 net. Both carry 19% VAT.", "€59.50 / 1.19 = €48.00")
bad("arith", "Die Jahresmiete beträgt 12 × 1.250,00 € = 15.500,00 €, zuzüglich Nebenkosten.", "12 × 1.250,00 € = 15.500,00 €")
bad("arith", "Revenue went from 100 to 150 in three years, so CAGR = (150/100)^(1/3) − 1 = 16.67%.", "(150/100)^(1/3) − 1 = 16.67%")
bad("arith", "At a price of $45 and earnings of $3.60 the P/E is 45 / 3.60 = 12.5. The dividend of $1.80 gives a yield of 1.80 / 45 = 4.5%.",
    "1.80 / 45 = 4.5%")
bad("arith", "| Line | Amount |\n|---|---|\n| Hardware | $4,200 |\n| Support | $1,150 |\n| Total | $5,350 |\n\nWith 8% tax the invoice is "
    "$5,350 × 1.08 = $5,878.", "$5,350 × 1.08 = $5,878")
bad("arith", "Rule of 72: at 8% your money doubles in 72 / 8 = 9 years; at 6% it takes 72 / 6 = 14 years.", "72 / 6 = 14")
# ---------- pharmacy and medicine
bad("arith", "For the child: 15 mg/kg × 22 kg = 3300 mg of paracetamol per dose, at most four times a day.", "15 mg/kg × 22 kg = 3300 mg")
bad("unit", "Dopamine at 5 µg/kg/min × 70 kg = 350 µg/min. Per hour that is 350 × 60 = 21,000 µg = 2.1 mg.", "2.1 mg")
bad("unit", "Each tablet holds 0.25 mg = 25 mcg of digoxin.", "0.25 mg = 25 mcg")
bad("arith", "1000 mL over 8 hours is 125 mL/h. With a 20 gtt/mL set: 125 × 20 / 60 = 51.7 drops per minute.", "125 × 20 / 60 = 51.7")
bad("arith", "Amoxicillin 90 mg/kg/day × 14 kg = 1260 mg/day. In two doses: 1260 mg ÷ 2 = 620 mg each.", "1260 mg ÷ 2 = 620 mg")
bad("unit", "The patient weighs 198 lb (98 kg), so the loading dose is based on adjusted weight.", "198 lb (98 kg)")
bad("arith", "BMI = 82 / 1.80² = 82 / 3.24 = 28.3, which is overweight.", "82 / 3.24 = 28.3")
bad("unit", "A fasting glucose of 5.5 mmol/L is normal. Fluid intake was 1.8 L = 180 mL since morning.", "1.8 L = 180 mL")
# ---------- kitchen and home
bad("unit", "Preheat the oven to 350 °F (197 °C) and grease a 9-inch (23 cm) tin.", "350 °F (197 °C)")
bad("arith", "You need 2.5 cups × 120 g/cup = 320 g of flour and a pinch of salt.", "2.5 cups × 120 g/cup = 320 g")
bad("unit", "One tablespoon is 3 teaspoons, so 4 tablespoons = 16 teaspoons of sugar.", "4 tablespoons = 16 teaspoons")
bad("arith", "A 12-inch pizza has an area of π × 6² ≈ 113 square inches, a 16-inch one π × 8² ≈ 251 square inches.", "π × 8² ≈ 251")
bad("arith", "The wall is 4.2 m × 2.5 m = 10.5 m²; minus a window of 1.2 m × 1.0 m = 1.2 m², you paint 10.5 − 1.2 = 8.3 m².",
    "10.5 − 1.2 = 8.3 m²")
bad("unit", "The bag of rice is 2 lb, or about 707 g, enough for ten portions.", "2 lb, or about 707 g")
# ---------- statistics
bad("arith", "The mean of 12, 15, 18, 21 and 24 is 18. The squared deviations sum to 36 + 9 + 0 + 9 + 36 = 80.", "36 + 9 + 0 + 9 + 36 = 80")
bad("arith", "With s = 12 and n = 36 the standard error is 12/√36 = 2.4.", "12/√36 = 2.4")
bad("arith", "An IQ of 130 has z = (130 − 100)/15 = 2.5, the top few percent.", "(130 − 100)/15 = 2.5")
bad("arith", "Recall is TP/(TP+FN) = 90/(90+10) = 0.90 and precision TP/(TP+FP) = 90/(90+30) = 0.80.", "90/(90+30) = 0.80")
bad("arith", "By Bayes' rule P(D|+) = (0.99 × 0.01)/(0.99 × 0.01 + 0.05 × 0.99) = 0.0099/0.0594 = 0.267.", "0.0099/0.0594 = 0.267")
bad("arith", "The number of committees is C(10,3) = 10!/(3!·7!) = 210.", "10!/(3!·7!) = 210")
bad("arith", "$$\\binom{5}{2} p^2 (1-p)^3 = 10 \\times 0.3^2 \\times 0.7^3 = 0.4087$$", "10 \\times 0.3^2 \\times 0.7^3 = 0.4087")
# ---------- data centre
bad("arith", "Eight GPUs at 700 W draw 8 × 700 W = 5.6 kW a server; ten servers draw 56 kW. At a PUE of 1.3 the site needs "
    "56 kW × 1.3 = 82.8 kW.", "56 kW × 1.3 = 82.8 kW")
bad("arith", "A 70B model in FP16 takes 70 × 10⁹ × 2 B = 140 GB. Quantised to 4 bits it takes 70 × 10⁹ × 0.5 B = 70 GB.",
    "70 × 10⁹ × 0.5 B = 70 GB")
bad("arith", "10 Gbit/s is 1.25 GB/s, so copying 1 TB takes 1000 / 1.25 = 80 s at line rate.", "1000 / 1.25 = 80")
bad("arith", "Three nines allow 0.001 × 8760 h = 8.76 h of downtime a year; four nines allow 0.0001 × 8760 × 60 = 5.256 minutes.",
    "0.0001 × 8760 × 60 = 5.256")
bad("unit", "The node has 64 GiB = 64,000 MiB of memory.", "64 GiB = 64,000 MiB")
bad("arith", "A mebibyte is 2^20 = 1,048,576 bytes and a gibibyte is 2^30 = 1,073,714,824 bytes.", "2^30 = 1,073,714,824")
bad("arith", "At 1,200 tokens a second you serve 1,200 × 86,400 = 130,680,000 tokens a day.", "1,200 × 86,400 = 130,680,000")
bad("unit", "The uplink is rated 400 Mbit/s, i.e. 500 MB/s, shared by all racks.", "400 Mbit/s, i.e. 500 MB/s")
bad("arith", "Disk failures: 12 of 480 drives failed last year, an annualised failure rate of 3.5%.", "3.5%")
# ---------- chemistry
bad("chem", "Propane burns completely: C3H8 + 5 O2 → 3 CO2 + 5 H2O. The flame is blue.", "C3H8 + 5 O2 → 3 CO2 + 5 H2O")
bad("chem", "In acid the half-reaction is MnO4⁻ + 8 H⁺ + 4 e⁻ → Mn²⁺ + 4 H2O.", "MnO4⁻ + 8 H⁺ + 4 e⁻ → Mn²⁺ + 4 H2O")
bad("chem", "In potassium dichromate, K2Cr2O7, chromium has the oxidation state +7, which makes it a strong oxidant.", "+7")
bad("chem", "The common polyatomic ions are sulfate SO₄²⁻, nitrate NO₃⁻ and phosphate PO₄²⁻.", "PO₄²⁻")
bad("chem", "Glucose (C6H12O6) has a molar mass of 180.16 g/mol, sucrose (C12H22O11) one of 324.30 g/mol.", "324.30 g/mol")
bad("chem", "Bone mineral is related to calcium phosphate, CaPO4, which is hardly soluble.", "CaPO4")
bad("chem", "In the blast furnace: Fe2O3 + 3 CO → 2 Fe + 2 CO2.", "Fe2O3 + 3 CO → 2 Fe + 2 CO2")
bad("arith", "For 0.001 M HCl, pH = −log10(0.001) = 3 and pOH = 14 − 3 = 10.", "14 − 3 = 10")
bad("chem", "A typical fission: ²³⁵U + ¹n → ¹⁴¹Ba + ⁹²Kr + 2 ¹n, releasing about 200 MeV.", "²³⁵U + ¹n → ¹⁴¹Ba + ⁹²Kr + 2 ¹n")
bad("arith", "The mass is 2.5 mol × 58.44 g/mol = 164.1 g of NaCl.", "2.5 mol × 58.44 g/mol = 164.1 g")
bad("arith", "From C1V1 = C2V2: V1 = 0.5 M × 500 mL / 12 M = 28.3 mL of concentrated acid.", "0.5 M × 500 mL / 12 M = 28.3 mL")
bad("chem", "In hydrogen peroxide, H2O2, the oxidation state of oxygen is −2.", "−2")
bad("chem", "Aluminium sulfate, AlSO4, is used to clear drinking water.", "AlSO4")
# ---------- constants
bad("const", "Use the Boltzmann constant k = 1.380694 × 10⁻²³ J/K and the Planck constant h = 6.62607015 × 10⁻³⁴ J·s.", "1.380694 × 10⁻²³ J/K")
bad("const", "The speed of light in vacuum is exactly 299,729,458 m/s.", "299,729,458 m/s")
bad("const", "The elementary charge is e = 1.602176634 × 10⁻¹⁶ C.", "1.602176634 × 10⁻¹⁶ C")
bad("const", "R = 8.314 J/(mol·K), which is also 1.897 cal/(mol·K).", "1.897 cal/(mol·K)")
bad("const", "The proton-electron mass ratio is about 1863.15.", "1863.15")
bad("const", "The Stefan–Boltzmann constant is σ = 5.670374 × 10⁻⁸ W m⁻² K⁻³.", "5.670374 × 10⁻⁸ W m⁻² K⁻³")
bad("const", "The gravitational constant G = 6.764 × 10⁻¹¹ N·m²/kg² is the least well known of them.", "6.764 × 10⁻¹¹")
# ---------- code
bad("code", "Add the row like this:\n\n```python\nimport pandas as pd\n\ndf = pd.DataFrame({'a': [1]})\ndf = df.append({'a': 2}, "
    "ignore_index=True)\nprint(df)\n```\n", "df.append")
bad("code", "```python\nimport numpy as np\n\nx = np.arange(5).astype(np.float)\n```", "np.float")
bad("code", "```python\nfrom sklearn.preprocessing import StandardScalar\n\nscaler = StandardScalar()\n```", "StandardScalar")
bad("code", "To read the file:\n```python\nimport json\n\nconfig = json.load_file('config.json')\n```", "json.load_file")
bad("code", "```python\nimport math\n\nprint(math.factorial(5, exact=True))\n```", "math.factorial(5, exact=True)")
bad("code", "```python\nfrom scipy.integrate import simps\n\narea = simps([1, 2, 3], dx=1)\n```", "simps")
bad("code", "```python\nfrom pathlib import Path\n\nPath('out').mkdir(recursive=True)\n```", "recursive=True")
bad("code", "Strings have a method for this:\n```python\nif 'hello'.contains('ell'):\n    print('yes')\n```", "contains")
bad("code", "Install the client first: `pip install pandas-turbo-frames-xl`, then import it.", "pandas-turbo-frames-xl")
# ---------- references
bad("ref", "See Cormen et al., Introduction to Algorithms, 3rd ed., MIT Press, ISBN 978-0-262-03384-4.", "978-0-262-03384-4")
bad("ref", "The method is described in arXiv:2413.01234, section 3.", "arXiv:2413.01234")
bad("ref", "Quality management systems are certified against ISO 9001:2031.", "ISO 9001:2031")
bad("ref", "Contact the author (ORCID 0000-0002-1825-0079) for the data.", "0000-0002-1825-0079")
bad("ref", "Attention was introduced in arXiv:2706.03762 (Vaswani et al.).", "arXiv:2706.03762")

# ---------- hard and clean
ok("arith", "As a rule of thumb π ≈ 22/7 ≈ 3.14 and √2 ≈ 1.41, so the diagonal of a 3 m square is about 3 × 1.41 ≈ 4.2 m.")
ok("arith", "Split three ways each pays 1/3 ≈ 0.33; note that 0.33 + 0.33 + 0.33 = 0.99, the missing cent is rounding.")
ok("arith", "The shares are 33.3%, 33.3% and 33.4%, which add up to 100%.")
ok("arith", "The population grew from 1 234 567 to 1 234 568, that is 1 234 567 + 1 = 1 234 568.")
ok("arith", "Zusammen: 1.299,90 € + 100,10 € = 1.400,00 €. Davon 19 % MwSt. sind 223,53 € (brutto gerechnet).")
ok("arith", "Shipping takes 3–5 days each way, so a return trip takes 2 × 3–5 = 6–10 days.")
ok("arith", "At $1 ≈ €0.92 the $100 voucher is worth about €92, and the fee of 2.5 % is €2.30.")
ok("arith", "Python 3.12 is newer than 3.9; going from 3.9 to 3.12 skips 3.10 and 3.11. Node went from 18 to 20.")
ok("arith", "The due date is 2024-02-29; one year later is 2025-02-28. The fiscal quarter runs 7/1–9/30.")
ok("arith", "A common mistake is (a + b)² = a² + b². With numbers: (2 + 3)² = 2² + 3² = 13 is wrong; the right value is 25.")
ok("arith", "You wrote \"12 × 12 = 124\". The correct product is 12 × 12 = 144.")
ok("chem", "Alpha decay: ²³⁸U → ²³⁴Th + ⁴He. Rutherford's reaction: ¹⁴N + ⁴He → ¹⁷O + ¹H.")
ok("chem", "Wüstite is about Fe0.95O, the superconductor is YBa2Cu3O7−δ, and reduced rutile is TiO1.9.")
ok("arith", "\\begin{tabular}{lrr} item & qty & price \\\\ pen & 3 & 1.20 \\\\ pad & 2 & 2.50 \\end{tabular} The total is "
   "$3 \\cdot 1.20 + 2 \\cdot 2.50 = 8.60$.")
ok("code", "```python\nassert 0.1 + 0.2 != 0.3\nx = 5\nx = x + 1  # 5 + 1 = 6\nprint(7 // 2)  # 3\n```")
ok("arith", "In double precision 0.1 + 0.2 = 0.30000000000000004, because neither number has a finite binary form.")
ok("arith", "On a 12-hour clock 10 + 5 = 3 o'clock, since 15 mod 12 = 3. Likewise 7 + 8 ≡ 3 (mod 12).")
ok("arith", "In binary, 101 + 11 = 1000, and in base 2 also 10 + 10 = 100.")
ok("arith", "Vectors add by component: (1, 2) + (3, 4) = (4, 6). Their dot product is 1·3 + 2·4 = 11.")
ok("unit", "A rise of 10 °C = 18 °F, since a difference has no offset; but 10 °C on the thermometer is 50 °F.")
ok("unit", "In the kitchen 1 cup ≈ 240 mL, 1 lb ≈ 450 g and 1 inch ≈ 2.5 cm are close enough.")
ok("unit", "A mile is about 1.6 km, so the 26.2 miles of a marathon are about 42 km.")
ok("unit", "| cups | mL |\n|---|---|\n| 1 | 240 |\n| 2 | 480 |\n| ½ | 120 |\n\nBake at 180 °C (350 °F) for 25–30 min.")
ok("arith", "They won 3-2 after being 0-2 down; the series now stands 2–1. Call 555-1234 for tickets, open 24/7.")
ok("arith", "The mix is 3:2, i.e. 3/2 = 1.5 parts of sand per part of lime, or 60% and 40%.")
ok("arith", "The rate rose from 4% to 5%: one percentage point, or 25% in relative terms.")
ok("arith", "A 20% discount followed by 10% takes 100 to 80 and then to 72: 28% off in all, not 30%.")
ok("const", "CODATA 2014 still gave h = 6.626070040 × 10⁻³⁴ J·s; since 2019 it is exactly 6.62607015 × 10⁻³⁴ J·s.")
ok("const", "Taking g = 10 m/s² for simplicity, the weight is 5 kg × 10 m/s² = 50 N; with c ≈ 3 × 10⁸ m/s light takes 8.3 minutes "
   "from the Sun.")
ok("const", "Use R = 0.0821 L·atm/(mol·K) here, or R = 8.314 J/(mol·K) if the pressure is in pascals.")
ok("code", "Don't call `df.append(...)`: it was removed in pandas 2.0. Use:\n```python\nimport pandas as pd\n\ndf = pd.concat([pd.DataFrame("
   "{'a': [1]}), pd.DataFrame({'a': [2]})], ignore_index=True)\n```")
ok("code", "```python\nfrom my_project.utils import helper\nfrom .models import User\n\nresult = helper(User(1), verbose=True)\n```")
ok("ref", "See ISO 8601:2004, IEEE 754-2019, RFC 9110, arXiv:1706.03762, doi:10.1038/nature14539 and ISBN 978-0-262-03384-8.")
ok("arith", "E = mc² gives 1 kg × (3 × 10⁸ m/s)² = 9 × 10¹⁶ J, or about 21 megatons of TNT.")
ok("arith", "The film starts at 2:45 and lasts 1:30, so 2:45 + 1:30 = 4:15 is when it ends.")
ok("chem", "In Fe3O4 iron averages +8/3, in KO2 oxygen is −1/2, in OF2 it is +2 and in H2O2 it is −1.")
ok("chem", "NaCl(aq) + AgNO3(aq) → AgCl(s)↓ + NaNO3(aq). Only Ag⁺ + Cl⁻ → AgCl takes part.")
ok("chem", "Glucose → 2 pyruvate (glycolysis); R–OH → R–Br with PBr3; CH4 is oxidised to CO2.")
ok("unit", "Vendors count 1 kB = 1000 bytes, operating systems often 1 KB = 1024 bytes; a 1 TB disk shows as 931 GiB.")
ok("unit", "Take 500 mg twice daily, 1 g/day in all. 1 mg of the insulin corresponds to about 28.8 IU.")
ok("arith", "On $45,000 at a flat 22% you owe $9,900, and 9,900 / 45,000 = 0.22 as expected.")
ok("arith", "The world has about 8 billion people and the US 330 million: 8e9 / 3.3e8 ≈ 24.")
ok("arith", "To two significant figures, 4.56 × 1.4 = 6.384 ≈ 6.4.")
ok("arith", "2/3 = 0.66… and 1/7 = 0.142857…, both repeating. Banker's rounding takes 2.5 to 2.")
ok("arith", "Adding (1) and (2) gives equation (3) = (1) + (2); substituting, 3x + 5 = 20 → 3x = 15 → x = 5.")
ok("unit", "20 m/s = 72 km/h ≈ 45 mph, and a 5k run = 5 km ≈ 3.1 mi.")
ok("ref", "See Art. 6(1)(f) GDPR, 42 U.S.C. § 1983 and 47 U.S.C. § 230(c)(1); the fine is up to 4% or €20 million.")
ok("arith", "The API costs $0.50 per 1M tokens, so 3M tokens are 3 × $0.50 = $1.50 and 10k tokens half a cent.")
ok("arith", "About 70% of the 1,450 users, roughly 1,000, came back within a week.")
ok("arith", "You need 1 1/2 + 3/4 = 2 1/4 cups of milk in total.")
ok("arith", "P(A ∪ B) = P(A) + P(B) − P(A ∩ B) = 0.5 + 0.4 − 0.2 = 0.7.")
ok("unit", "He is 5'11\" = 71 in ≈ 180 cm tall and weighs 12 st 4 lb, about 78 kg.")
ok("arith", "If the price were $50 and you sold 100, revenue would be 50 × 100 = $5,000; in truth you sold 90, so 50 × 90 = $4,500.")
ok("arith", "Round 14.9949 to two decimals: 14.99. Five of them are 5 × 14.9949 ≈ 74.97, though 5 × 14.99 = 74.95.")
ok("dim", "The drag is F = ½ρv²C_d A, where ρ is the density in kg/m³, v the speed in m/s, A the area in m² and C_d has no unit.")
ok("dim", "With T in °C, the empirical speed of sound is v = 331.3 + 0.606 T m/s, and the heat index needs T in °F.")
