"""An independent set in the fluent style of a language model: thirty-four pairs of a right answer and one wrong part in its place."""

# fmt: off

from tests.check.verify.collecting import Answers

ITEMS = Answers()
twin = ITEMS.twin

twin("arith", "The wall is 3.6 m wide and 2.4 m high, i.e. 8.64 m². Each tile covers 0.15 m × 0.20 m = 0.03 m², so you need §. Add 10 % for waste and order about 317.", "8.64 / 0.03 = 228 tiles", "8.64 / 0.03 = 288 tiles", q="How many tiles for the wall?")
twin("arith", "Each worker handles 45 requests per second. With 8 workers that § per second, or 21,600 per minute.", "gives 320 requests", "gives 360 requests", q="Throughput of the pipeline")
twin("arith", "For $A = \\begin{pmatrix} 3 & 1 \\\\ 2 & 4 \\end{pmatrix}$ we get $\\det A = 3 \\cdot 4 - 1 \\cdot 2 §.", "= 14$", "= 10$", q="Determinant")
twin("arith", "With 4 GPUs, a micro-batch of 16 and 8 accumulation steps the effective batch size is 4 × 16 × 8 §.", "= 521", "= 512", q="Effective batch size")
twin("percent", "An availability of 99.9% allows 0.1% downtime. In a 30-day month (43,200 minutes) §.", "that is 4.32 minutes", "that is 43.2 minutes", q="SLO")
twin("percent", "The list price is €250. After a 20% discount it is €200, and with 19% VAT §.", "you pay €248", "you pay €238", q="Discount then VAT")
twin("percent", "The model got 174 of 200 questions right, an §.", "accuracy of 89%", "accuracy of 87%", q="Test accuracy")
twin("percent", "P95 latency went down from 420 ms to 315 ms, §.", "a reduction of 35%", "a reduction of 25%", q="Reduce latency")
twin("units", "25 N·m corresponds to about §.", "33.9 lb·ft", "18.4 lb·ft", q="Torque conversion")
twin("units", "The speed limit of 65 mph is roughly §.", "115 km/h", "105 km/h", q="Speed limit")
twin("units", "A farm of 40 hectares is §, which is 0.4 km².", "40,000 m²", "400,000 m²", q="Area of a farm")
twin("units", "Normal body temperature is about 37 °C (§).", "96.8 °F", "98.6 °F", q="Body temperature")
twin("units", "A 1 Gbit/s link moves at most §, so 500 MB need at least 4 s.", "128 Mbit/s", "125 MB/s", q="Bandwidth")
twin("dims", "The ideal gas law is $pV = nRT$; solving for the pressure gives $§$, with $p$ in pascals, $n$ in moles, $R$ the gas constant, $T$ in kelvins and $V$ in cubic metres.", "p = nRV/T", "p = nRT/V", q="Ideal gas")
twin("dims", "The tip deflection of a cantilever with an end load is $\\delta = \\frac{§}{3 E I}$, where F is the load (N), L the length (m), E Young's modulus (Pa) and I the second moment of area (m⁴).", "F L^2", "F L^3", q="Beam deflection")
twin("dims", "The capacitor charges with the time constant §, where R is the resistance in ohms and C the capacitance in farads.", "τ = R / C", "τ = R C", q="RC time constant")
twin("dims", "By Fourier's law the heat flow through a wall is Q = §, with k in W/(m·K), A in m², ΔT in K and d in m; Q is in watts.", "k A ΔT d", "k A ΔT / d", q="Heat flow")
twin("chem", "Sulfuric acid is neutralised by two equivalents of sodium hydroxide:\n\nH₂SO₄ § → Na₂SO₄ + 2 H₂O", "+ NaOH", "+ 2 NaOH", q="Neutralisation")
twin("chem", "The overall equation is 6 CO2 + 6 H2O -> C6H12O6 §.", "+ 3 O2", "+ 6 O2", q="Photosynthesis")
twin("chem", "In the nitrate ion, NO3-, nitrogen has an §, whereas in ammonia (NH3) it is −3.", "oxidation state of +6", "oxidation state of +5", q="Nitrogen's oxidation state")
twin("chem", "24 g of carbon are 2 mol. Each mole of carbon gives one mole of CO₂ with a §, so 88.02 g of CO₂ are formed.", "molar mass of 46.01 g/mol", "molar mass of 44.01 g/mol", q="Mass of CO2 from 24 g carbon")
twin("chem", "Iron(III) chloride has the § and dissociates into Fe³⁺ and three Cl⁻ ions.", "formula FeCl2", "formula FeCl3", q="Iron ions")
twin("const", "With G = § N·m²/kg² and M = 5.97 × 10²⁴ kg the surface gravity of the Earth comes out at 9.8 m/s².", "6.764 × 10⁻¹¹", "6.674 × 10⁻¹¹", q="Gravitation")
twin("const", "Coulomb's law contains the vacuum permittivity ε₀ ≈ § × 10⁻¹² F/m.", "8.584", "8.854", q="Vacuum permittivity")
twin("const", "The Faraday constant, §, is the charge of one mole of electrons.", "98465 C/mol", "96485 C/mol", q="Faraday")
twin("code", "```python\nscores = {'ann': 3, 'bob': 7}\nranked = sorted(scores.items(), key=lambda kv: kv[1], §\nprint(ranked[0])\n```\n`sorted` accepts the `key` and `reverse` arguments.", "descending=True)", "reverse=True)", q="Sort a dict by value")
twin("code", "```python\nfrom sklearn.linear_model import LinearRegression\nfrom sklearn.metrics import mean_squared_error\n\nmodel = LinearRegression(§)\nmodel.fit(X_train, y_train)\nprint(mean_squared_error(y_test, model.predict(X_test)))\n```", "intercept=True", "fit_intercept=True", q="Linear regression with scikit-learn")
twin("code", "Call `df.interpolate(method='linear')`, or with SciPy:\n\n```python\nfrom scipy.interpolate §x, y, kind='cubic')\nprint(f(2.5))\n```", "import interpolate1d\n\nf = interpolate1d(", "import interp1d\n\nf = interp1d(", q="Interpolate missing values")
twin("code", "```python\nimport asyncio\n\nasync def main():\n    results = await §fetch(1), fetch(2))\n    print(results)\n\nasyncio.run(main())\n```", "asyncio.collect(", "asyncio.gather(", q="Concurrency with asyncio")
twin("refs", "The data set was published by the author with ORCID §.", "0000-0002-1825-0079", "0000-0002-1825-0097", q="ORCID of the author")
twin("refs", "Dates follow ISO 8601, and the specification of JSON is RFC 8259. See also the book with ISBN §.", "978-0-13-468599-4", "978-0-13-468599-1", q="ISO dates")
twin("physics", "An object that falls for 3 s without air resistance drops ½ · 9.81 m/s² · (3 s)² §.", "≈ 88.3 m", "≈ 44.1 m", q="Free fall")
twin("physics", "A 47 µF capacitor at 12 V stores Q = C V = 47 µF × 12 V §.", "= 546 µC", "= 564 µC", q="Charge on a capacitor")
twin("physics", "A 0.15 kg ball at 40 m/s has a momentum of 0.15 kg × 40 m/s §.", "= 6 N", "= 6 kg·m/s", q="Momentum")
