r"""A seventeenth set: forum answers and memos in full sentences, several paragraphs and lists; written before any of it was run.

Every text stands twice, wrong and right: `§` is the place of the one planted error.
"""
# fmt: off

from tests.check.verify.collecting import Answers

ITEMS = Answers()
twin, ok = ITEMS.twin, ITEMS.ok

twin("arith", "Short answer: yes, it fits.\n\nThe pallet is 1.2 m × 0.8 m, so it covers 0.96 m². With 10 pallets you need § m² of floor, plus aisles.", "9.9", "9.6")
twin("arith", "The geometric series sums to $\\frac{1 - r^n}{1 - r} = \\frac{1 - 0.5^4}{1 - 0.5} = \\frac{0.9375}{0.5} = §$.", "1.785", "1.875")
twin("arith", "Let me compute the determinant of the matrix [[3, 1], [4, 2]]: it is 3·2 − 1·4 = §, so the matrix is invertible.", "10", "2")
twin("arith", "You have 7 days × 24 hours = 168 hours in a week. Sleeping 8 hours a night takes 56 of them, which leaves § hours awake.", "122", "112")
twin("arith", "Solving for the break-even point: 12x = 4x + 240, so 8x = 240 and x = §. You need to sell that many units.", "32", "30")
twin("arith", "Expanding the product gives $(2x - 3)(x + 4) = 2x^2 + §$.", "6x - 12", "5x - 12")
twin("arith", "The variance of the data set {2, 4, 4, 4, 5, 5, 7, 9} is 4, so the standard deviation is √4 = §.", "4", "2")
twin("pct", "Memo: revenue grew from 2.4 million to 3.0 million euros, i.e. by §.", "20%", "25%")
twin("pct", "With 96 of 120 seats sold, the house is § full.", "75%", "80%")
twin("pct", "VAT at 20% on a net price of £250 is £50, so the customer pays £§.", "270", "300")
twin("pct", "- Fixed costs: $12,000 (60%)\n- Variable costs: $8,000 (§)\n- Total: $20,000", "45%", "40%")
twin("pct", "A false-positive rate of 2% means that of 5,000 healthy people about § test positive.", "250", "100")
twin("unit", "Your 2,400 W space heater on a 240 V circuit draws § A, so a 16 A breaker is enough.", "12", "10")
twin("unit", "At 25 frames per second, a 2-minute clip contains § frames.", "1,500", "3,000")
twin("unit", "The lens has a focal length of 50 mm, i.e. § m, so its power is 20 dioptres.", "0.5", "0.05")
twin("unit", "A 15-inch laptop screen measures about § cm along the diagonal.", "32", "38")
twin("unit", "The car's tank holds 50 litres; at 6 L/100 km the range is roughly § km.", "633", "833")
twin("unit", "If the pump moves 250 litres per minute, filling the 10 m³ pool takes § minutes.", "25", "40")
twin("unit", "The satellite orbits at an altitude of 400 km with a speed of 7.7 km/s, or about § km/h.", "21,700", "27,700")
twin("unit", "Iron has a density of 7.87 g/cm³, so a cube with an edge of 10 cm (1,000 cm³) has a mass of § kg.", "78.7", "7.87")
twin("unit", "A sound at 20 °C travels 343 m in one second, so an echo from a wall 171.5 m away returns after § s.", "2", "1")
twin("dim", "The power needed against drag is $P = \\tfrac{1}{2} \\rho C_d A §$, with $P$ in W, $\\rho$ in kg/m³, $A$ in m² and $v$ in m/s; $C_d$ is dimensionless.", "v^2", "v^3")
twin("dim", "Ohm's law, V = §, relates the voltage V (in volts), the current I (in amperes) and the resistance R (in ohms).", "I / R", "I R")
twin("chem", "Rusting can be summarised as § Fe + 3 O₂ → 2 Fe₂O₃, although water takes part as well.", "2", "4")
twin("chem", "Baking soda is sodium hydrogen carbonate, §; washing soda is sodium carbonate, Na₂CO₃.", "NaHCO₂", "NaHCO₃")
twin("chem", "Ammonium ions, §, form when ammonia accepts a proton.", "NH₄²⁺", "NH₄⁺")
twin("chem", "In ClO₃⁻ the chlorine atom has the oxidation state §, while in ClO⁻ it has +1.", "+7", "+5")
twin("chem", "To make 500 mL of a 0.2 M NaCl solution, you need 0.1 mol of the salt, i.e. § g (M = 58.44 g/mol).", "58.4", "5.84")
twin("const", "The universal gas constant is § J/(mol·K); in litre-atmospheres it is 0.08206 L·atm/(mol·K).", "8.413", "8.314")
twin("const", "The vacuum permittivity, ε₀ ≈ § F/m, appears in Coulomb's law.", "8.584 × 10⁻¹²", "8.854 × 10⁻¹²")
twin("code", "Use a context manager:\n\n```python\nfrom tempfile import TemporaryDirectory\nfrom pathlib import Path\n\nwith TemporaryDirectory() as folder:\n    target = Path(folder) / 'out.txt'\n    target.§('done')\n```", "write_string", "write_text")
twin("code", "You can sort by the second element with `sorted(pairs, §=lambda p: p[1])`.", "by", "key")
twin("code", "```python\nimport itertools\n\nfor a, b in itertools.§([1, 2, 3, 4]):\n    print(a, b)\n```\n\nprints the neighbouring pairs.", "pairs", "pairwise")
twin("ref", "The standard text is ISBN 0-306-40615-§ (the check digit follows from the others).", "3", "2")
twin("ref", "ISSN 2049-363§ belongs to an online journal.", "1", "0")
