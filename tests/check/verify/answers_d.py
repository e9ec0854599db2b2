"""Answers of a further set (electronics, astronomy, nutrition, building, taxes, laboratory), written with the third one and
kept unread until the verifiers had been mended on that: the figures of its first run are those of fresh text.

Each has exactly one planted error (`bad` names the part) or none (`ok`: nothing may be refuted).
"""
# fmt: off

from tests.check.verify.collecting import Answers

ITEMS = Answers()
bad, ok = ITEMS.bad, ITEMS.ok

# ---------- electronics and energy
bad("arith", "An LED with 2.1 V forward drop on 5 V needs R = (5 − 2.1) / 0.02 = 145 Ω; the next E24 value is 150 Ω, which gives "
    "(5 − 2.1) / 150 = 0.0293 A, or 19.3 mA.", "(5 − 2.1) / 150 = 0.0293 A")
bad("unit", "The battery stores 5000 mAh at 3.7 V, that is 5 Ah × 3.7 V = 18.5 W·h = 666 kJ.", "666 kJ")
bad("arith", "Resistors of 6 kΩ and 3 kΩ in parallel: 1/(1/6 + 1/3) = 3 kΩ.", "1/(1/6 + 1/3) = 3")
bad("dim", "The resonance frequency of the LC circuit is f = 1/(2π L C), where L is the inductance in henries, C the capacitance in "
    "farads and f the frequency in hertz.", "f = 1/(2π L C)")
bad("unit", "The panel yields 4.2 kWh a day, i.e. 151.2 MJ.", "4.2 kWh a day, i.e. 151.2 MJ")
bad("arith", "Ten panels of 410 W make 10 × 410 W = 4.1 kW; at 4.5 sun hours that is 4.1 × 4.5 = 14.45 kWh a day.", "4.1 × 4.5 = 14.45")
bad("dim", "The energy stored in a capacitor is E = ½CV, where C is the capacitance and V the voltage.", "E = ½CV")
bad("arith", "A gain of 100 in power is 10·log10(100) = 20 dB and of 2 is 10·log10(2) = 6.02 dB.", "10·log10(2) = 6.02")
bad("unit", "The heat pump has 12,000 BTU/h, which equals 35.2 kW of cooling.", "12,000 BTU/h, which equals 35.2 kW")
# ---------- astronomy and physics
bad("unit", "One astronomical unit is 149.6 million km; Mars at 1.524 AU is 1.524 × 149.6 = 228.0 million km away. One light-year is "
    "9.461 × 10^12 m.", "9.461 × 10^12 m")
bad("dim", "Kepler's third law: T² = 4π² a² / (G M), where T is the period, a the semi-major axis, G the gravitational constant and M "
    "the mass of the star.", "T² = 4π² a² / (G M)")
bad("arith", "The photon's energy is E = hc/λ = 1240 / 500 = 2.84 eV for green light of 500 nm.", "1240 / 500 = 2.84")
bad("const", "The Earth pulls with GM/r²; take G = 6.674 × 10⁻¹¹ m³ kg⁻¹ s⁻² and c = 2.99792458 × 10⁹ m/s.", "2.99792458 × 10⁹ m/s")
bad("const", "The Rydberg constant is R∞ = 10 973 371.568 m⁻¹ to this precision.", "10 973 371.568 m⁻¹")
bad("const", "Vacuum permittivity: ε₀ = 8.8541878 × 10⁻¹¹ F/m.", "8.8541878 × 10⁻¹¹ F/m")
bad("const", "The fine-structure constant is about 1/137.063.", "1/137.063")
bad("const", "An electron has a mass of 9.1093837 × 10⁻²⁸ kg and a charge of −1.602 × 10⁻¹⁹ C.", "9.1093837 × 10⁻²⁸ kg")
bad("dim", "The escape velocity is v = √(2GM/r²), where G is the gravitational constant, M the planet's mass in kg, r its radius in m and "
    "v in m/s.", "v = √(2GM/r²)")
bad("arith", "The car stops in d = v²/(2a) = 25²/(2 × 5) = 125 m.", "25²/(2 × 5) = 125")
bad("unit", "The wavelength is 633 nm = 6.33 × 10⁻⁶ m.", "633 nm = 6.33 × 10⁻⁶ m")
bad("dim", "So the momentum is p = 0.15 kg × 40 m/s = 6 N.", "6 N")
# ---------- nutrition and health
bad("arith", "Per serving: 12 g of fat × 9 kcal/g = 108 kcal, 30 g of carbohydrate × 4 kcal/g = 120 kcal and 8 g of protein × 4 kcal/g = "
    "36 kcal.", "8 g of protein × 4 kcal/g = 36 kcal")
bad("unit", "The label says 250 kcal, or 1,460 kJ, a portion.", "250 kcal, or 1,460 kJ")
bad("unit", "At 6 ft 1 in (1.95 m) the recommended frame is XL.", "6 ft 1 in (1.95 m)")
bad("arith", "Of 320 people who were vaccinated 16 fell ill, an attack rate of 16/320 = 0.5%.", "16/320 = 0.5%")
bad("arith", "Relative risk = (30/200)/(15/300) = 0.15/0.05 = 2.5.", "0.15/0.05 = 2.5")
bad("unit", "A body temperature of 101.3 °F (38.5 °C) is a fever; 104 °F (42 °C) is an emergency.", "104 °F (42 °C)")
bad("arith", "Creatinine clearance = (140 − 60) × 72 / (72 × 1.0) = 90 mL/min.", "(140 − 60) × 72 / (72 × 1.0) = 90")
bad("unit", "Give 0.01 mg/kg, that is 10 mcg/kg; for 25 kg this makes 250 mcg = 2.5 mg.", "250 mcg = 2.5 mg")
# ---------- building, travel, home
bad("arith", "The slab is 5 m × 4 m × 0.12 m = 2.4 m³, so order 2.4 × 1.05 = 2.82 m³ of concrete.", "2.4 × 1.05 = 2.82")
bad("unit", "The living room has 28 m² (about 401 sq ft).", "28 m² (about 401 sq ft)")
bad("unit", "Fuel use is 7.8 L/100 km, and the tank holds 50 L (13.2 US gal). The speed limit of 65 mph is 114.6 km/h.", "114.6 km/h")
bad("arith", "At 7.8 L per 100 km, 640 km need 6.4 × 7.8 = 44.92 L.", "6.4 × 7.8 = 44.92")
bad("unit", "The screen measures 27 inches, i.e. 65.8 cm, across the diagonal.", "27 inches, i.e. 65.8 cm")
bad("unit", "The flight takes 2 h 45 min, or 175 minutes.", "2 h 45 min, or 175 minutes")
bad("unit", "A hectare is 10,000 m², so 3.5 ha = 3,500 m².", "3.5 ha = 3,500 m²")
# ---------- money
bad("arith", "On $85,000: 10% of $11,600 is $1,160, and 12% of the next $35,550 is $4,266; together $1,160 + $4,266 = $5,246.",
    "$1,160 + $4,266 = $5,246")
bad("arith", "Sales fell from 1,200 to 900 units, a drop of 33%.", "33%")
bad("arith", "The bond pays 4.5% on $20,000, which is $950 a year.", "4.5% on $20,000, which is $950")
bad("arith", "NPV = −1000 + 600/1.1 + 600/1.1² = −1000 + 545.45 + 495.87 = 51.32.", "51.32")
bad("arith", "Three colleagues split 184.50 € evenly: 184.50 / 3 = 62.50 € each.", "184.50 / 3 = 62.50")
bad("arith", "Break-even is 48,000 / (25 − 13) = 4,800 units.", "48,000 / (25 − 13) = 4,800")
bad("arith", "Compound: 10,000 × 1.04^5 = 12,266.53, against 10,000 × (1 + 5 × 0.04) = 12,000 with simple interest.", "10,000 × 1.04^5 = 12,266.53")
# ---------- laboratory
bad("chem", "The thermite reaction is 2 Al + Fe2O3 → Al2O3 + Fe.", "2 Al + Fe2O3 → Al2O3 + Fe")
bad("chem", "Photosynthesis: 6 CO2 + 6 H2O → C6H12O6 + 5 O2.", "6 CO2 + 6 H2O → C6H12O6 + 5 O2")
bad("chem", "Ammonium carbonate has the formula NH4CO3.", "NH4CO3")
bad("chem", "The oxidation state of sulfur in H2SO4 is +4.", "+4")
bad("chem", "Calcium hydroxide, CaOH, is slaked lime.", "CaOH")
bad("chem", "The molar mass of NaHCO3 is 48.01 g/mol.", "48.01 g/mol")
bad("chem", "At the cathode: Cu²⁺ + e⁻ → Cu.", "Cu²⁺ + e⁻ → Cu")
bad("chem", "Radium decays by ²²⁶Ra → ²²²Rn + ⁴He, and carbon dating uses ¹⁴C → ¹³N + e⁻.", "¹⁴C → ¹³N")
bad("chem", "The carbonate ion is CO₃⁻.", "CO₃⁻")
bad("arith", "To make 250 mL of 0.4 M NaCl weigh 0.25 L × 0.4 mol/L × 58.44 g/mol = 5.48 g.", "0.25 L × 0.4 mol/L × 58.44 g/mol = 5.48 g")
# ---------- code and sources
bad("code", "```python\nfrom collections import OrderedDefaultDict\n\nd = OrderedDefaultDict(list)\n```", "OrderedDefaultDict")
bad("code", "```python\nimport os\n\nos.makedirs('out', exists_ok=True)\n```", "exists_ok=True")
bad("code", "```python\nimport numpy as np\n\na = np.array([3, 1, 2])\nprint(np.sorted(a))\n```", "np.sorted")
bad("code", "```python\nfrom sklearn.cross_validation import train_test_split\n```", "sklearn.cross_validation")
bad("code", "```python\nimport pandas as pd\n\ndf = pd.read_csv('x.csv', delimeter=';')\n```", "delimeter")
bad("code", "```python\nimport asyncio\n\nasyncio.run_until_complete(main())\n```", "asyncio.run_until_complete")
bad("code", "```python\nitems = [1, 2]\nitems.push(3)\n```", "items.push")
bad("ref", "ISBN 0-306-40615-3 covers this in chapter 4.", "0-306-40615-3")
bad("ref", "See arXiv:2009.13081 and arXiv:1915.00001.", "arXiv:1915.00001")
bad("ref", "The journal's ISSN is 0378-5954.", "0378-5954")
bad("ref", "Concrete is designed by EN 1992-1-1:2044.", "EN 1992-1-1:2044")

# ---------- hard and clean
ok("arith", "Let's estimate: 365 × 24 ≈ 9,000 hours a year, times 60 is about half a million minutes.")
ok("arith", "In f-strings f\"{x = }\" prints x = 5. And 1_000_000 == 10**6 in Python.")
ok("arith", "Is 91 prime? No: 91 = 7 × 13. And 2^10 = 1024 ≈ 10^3.")
ok("arith", "Suppose, for contradiction, that 2 + 2 = 5. Then subtracting 2 + 2 gives 0 = 1, which is absurd.")
ok("arith", "The temperature dropped from 4 °C to −6 °C, i.e. by 10 degrees.")
ok("arith", "Moore's law: 2× every two years, so 10 years give 2^5 = 32×.")
ok("arith", "The score was 21–19, 15–21, 21–17. She won 2-1.")
ok("arith", "Sales: Q1 $1.2M, Q2 $1.5M (+25%), Q3 $1.35M (−10%).")
ok("arith", "In hexadecimal A + 5 = F, 0x1F = 31, and in octal 7 + 1 = 10.")
ok("arith", "Order of operations: 2 + 3 × 4 = 14, not 20 as 2 + 3 × 4 = 5 × 4 = 20 would suggest.")
ok("arith", "The average of 80, 90 and 100 is 90; weighted 1:1:2 it is (80 + 90 + 2·100)/4 = 92.5.")
ok("arith", "Mit 1,5 m Breite und 2,4 m Höhe sind es 1,5 × 2,4 = 3,6 m².")
ok("arith", "CHF 1'250.50 + CHF 49.50 = CHF 1'300.00.")
ok("arith", "₹12,34,567 + ₹1 = ₹12,34,568 in Indian grouping.")
ok("arith", "Sum of 1..100 = 100·101/2 = 5050, as Gauss found.")
ok("arith", "She was born in 1990, so in 2026 she is 35 or 36.")
ok("arith", "Use a learning rate of 3e-4, batch size 32 × 8 = 256 and β₁ = 0.9.")
ok("arith", "The p-value is 0.03 < 0.05, 95% CI [1.2, 3.4], OR = 2.0 (1.2 to 3.4).")
ok("arith", "$$\\int_0^1 x^2 \\, dx = \\frac{1}{3} \\approx 0.333$$ and $\\sum_{k=0}^{3} 2^k = 15$.")
ok("arith", "1 + 1 = 2; true + true = 2 in C; 1 + 1 = 1 in Boolean algebra; \"1\" + \"1\" = \"11\" in JavaScript.")
ok("arith", "About one in five, 18% to 22%, of 2,500 respondents, so roughly 500, agreed.")
ok("unit", "Water boils at 100 °C (212 °F, 373.15 K); absolute zero is −273.15 °C.")
ok("unit", "The recipe makes 2 dozen, so 24 cookies of about 1 oz (28 g) each.")
ok("unit", "A nautical mile is 1.852 km; 10 knots ≈ 18.5 km/h ≈ 5.1 m/s.")
ok("unit", "The motor makes 110 kW (150 PS, 148 hp) at 4000 rpm.")
ok("unit", "1 year ≈ 3.15 × 10⁷ s ≈ π × 10⁷ s, and 1 day = 86,400 s.")
ok("unit", "Blood pressure was 120/80 mmHg; INR 2–3; take 5 mL (1 tsp) every 4–6 h.")
ok("unit", "A 4-ft by 8-ft sheet (nominally 1.2 m × 2.4 m) covers 32 sq ft, about 3 m².")
ok("unit", "A 2×4 actually measures 1.5 in × 3.5 in (38 mm × 89 mm).")
ok("unit", "Storage costs $0.023 per GB-month, so 1 TB is about $23 a month.")
ok("unit", "60 fps = 16.7 ms a frame; 144 Hz ≈ 6.9 ms.")
ok("dim", "The ideal gas law PV = nRT gives V = nRT/P ≈ 22.4 L for one mole at 0 °C and 1 atm.")
ok("dim", "In natural units c = ħ = 1, so E² = p² + m² and mass is measured in GeV.")
ok("dim", "Manning's formula in SI: V = (1/n) R^(2/3) S^(1/2), where R is in m and V in m/s.")
ok("dim", "Torque and energy share a unit: τ = 5 N × 2 m = 10 N·m, while W = 10 N × 2 m = 20 J.")
ok("chem", "SO2 + H2O ⇌ H2SO3; 2 NO2 ⇌ N2O4; HA ⇌ H⁺ + A⁻.")
ok("chem", "In Na2S4O6 the average oxidation state of S is +2.5; in NH4NO3 nitrogen is −3 and +5.")
ok("chem", "Bleach plus ammonia → chloramines (toxic). C2H4 → polyethylene. n CH2=CH2 → (CH2CH2)n.")
ok("chem", "CuSO4·5H2O → CuSO4 + 5 H2O on heating; its molar mass is about 249.7 g/mol.")
ok("chem", "Many write H2O → H2 + O2, which is not balanced; it must be 2 H2O → 2 H2 + O2.")
ok("const", "g is 9.81 m/s² on average, 9.780 at the equator and 9.832 at the poles; on the Moon it is 1.62 m/s².")
ok("const", "The speed of sound is 343 m/s and that of light 299 792 458 m/s, roughly 300,000 km/s.")
ok("const", "Before 2019, N_A = 6.022 140 857 × 10²³ mol⁻¹ (CODATA 2014); now 6.022 140 76 × 10²³.")
ok("code", "```javascript\nconst xs = [1, 2].map(x => x * 2);\nxs.push(6);\nconsole.log(xs.includes(4));\n```")
ok("code", "```python\ntry:\n    import tomllib\nexcept ImportError:\n    import tomli as tomllib\n\nimport numpy as np\nfrom numpy.typing "
   "import NDArray\n\ndef f(x: NDArray[np.float64]) -> float:\n    return float(np.sqrt(x).sum())\n```")
ok("code", "`os.path.exist` does not exist; you want `os.path.exists`. `np.float` was removed, use `float`.")
ok("code", "```python\nclass Stack(list):\n    def push(self, x):\n        self.append(x)\n\ns = Stack()\ns.push(3)\n```")
ok("ref", "Goodfellow et al., Deep Learning, ISBN 978-0-262-03561-3; IEC 60601-1:2005+A1:2012; RFC 2119; ISSN 0378-5955.")
ok("ref", "See arXiv:2310.06825 and https://doi.org/10.1145/3292500.3330701 for details; PEP 8; ASTM D638-14.")
