"""Wrong answers of the sets that no verifier refutes yet; many of them with what stands in the way."""

# fmt: off

KNOWN_MISSES = {
    "Make the figure wider with `plt.figure(size=(8, 4))`.",  # it takes any keyword
    "In hexadecimal 0x1F = 30 in decimal.",
    "A rise from 250 to 300 is an increase of 25%.",
    "With 19% VAT the net price of 200 € becomes 219 €.",
    "The track is 400 m long, so 5 laps are 2.5 km.",
    "A mole holds 6.202 × 10²³ particles.",
    "G = 6.674 × 10⁻¹¹ N·m²/kg (Newtonian constant of gravitation).",
    'See LeCun, Bengio and Hinton, "Deep learning" (2016), doi:10.1038/nature14539.',
    "Let x be the position, v be the velocity, t the time. x = v t and x = v / t.",  # the first reading holds
    "e^0 + e^1 ≈ 4.72",  # e may be a variable
    "CaCO3 + HCl → CaCl2 + H2O + CO2",  # a scheme, for all the text says
    "Disk failures: 12 of 480 drives failed last year, an annualised failure rate of 3.5%.",  # a year may not be one of theirs
    "Install the client first: `pip install pandas-turbo-frames-xl`, then import it.",  # no list of distributions is complete
    "The panel yields 4.2 kWh a day, i.e. 151.2 MJ.",  # an energy a day beside an energy
    "A 5 lb dumbbell weighs 2.72 kg.",  # what weighs need not be what is named
    "One day has 24 × 3600 = 86,400 s; a week is 604,600 s.",  # weeks are counted in more ways than one
    "The hydroxide ion is OH2-.",
    "Planck's constant in electronvolts is 4.316 × 10⁻¹⁵ eV·s.",
    "A 12 fl oz can holds about 255 mL.",  # what a can holds need not be its size
    "The notice period is 6 weeks, or 40 days.",  # weeks are counted in more ways than one
    "The film lasts 135 minutes, or 2 h 25 min.",  # two lengths a few minutes apart may both be meant
    "Rust is mostly hydrated iron(III) oxide, FeO3.",  # a hydrate has no one formula
    "The roots are x = (7 ± √(49 − 24))/2 = (7 ± 5)/2, i.e. 6 and 2.",  # ± is not computed
    "The stack of 2^16 = 65,563 entries overflows.",  # numbers that overflow are of another algebra
    "In sodium thiosulfate's cousin Na2SO3, sulfur is +6.",  # two compounds are named
    "MnO2 is a brown solid whose manganese is Mn(II).",  # the subject is said before
    "The refactoring cut the test suite's run time from 12 minutes to 9 minutes, a 33% improvement.",
    "The procedure follows ISO 90011:2015 (quality management systems).",
    "Binary `1011` is 8 + 0 + 2 + 1 = 13 in decimal.",
    "Light travels about 300,000 km every second, so in one minute it covers roughly 1.8 million km.",
    "A recipe calls for 2 cups of milk; since one cup is about 240 mL, you need roughly 380 mL.",
    "One mole of any ideal gas occupies 24.2 L at 0 °C and 1 atm.",
    "4 GB is 32 gigabits, or 32,000 megabits. At 50 Mbit/s the download takes 32,000 / 50 = 640 min, a bit under 11 minutes.",
    "You have 7 days × 24 hours = 168 hours in a week. Sleeping 8 hours a night takes 56 of them, which leaves 122 hours awake.",
    "Iron has a density of 7.87 g/cm³, so a cube with an edge of 10 cm (1,000 cm³) has a mass of 78.7 kg.",
    "You can sort by the second element with `sorted(pairs, by=lambda p: p[1])`.",
    "A 15-inch laptop screen measures about 32 cm along the diagonal.",
    "Short answer: yes, it fits.\n\nThe pallet is 1.2 m × 0.8 m, so it covers 0.96 m². With 10 pallets you need 9.9 m² of floor, plus aisles.",
    "To make 500 mL of a 0.2 M NaCl solution, you need 0.1 mol of the salt, i.e. 58.4 g (M = 58.44 g/mol).",
    "A false-positive rate of 2% means that of 5,000 healthy people about 250 test positive.",
    "The car's tank holds 50 litres; at 6 L/100 km the range is roughly 633 km.",
    "A sound at 20 °C travels 343 m in one second, so an echo from a wall 171.5 m away returns after 2 s.",
    "The list price is €250. After a 20% discount it is €200, and with 19% VAT you pay €248.",
    "The model got 174 of 200 questions right, an accuracy of 89%.",
    "Normal body temperature is about 37 °C (96.8 °F).",
    "A 1 Gbit/s link moves at most 128 Mbit/s, so 500 MB need at least 4 s.",
    'Per token the cache needs 2 × 32 layers × 8 heads × 128 dims × 2 bytes = 131,072 bytes, i.e. 128 KiB. A 4,096-token context therefore takes 256 MiB.',
    'Subtracting the equations gives 3y = 12, hence y = 4. Substituting back into x + 2y = 11 we get x = 5.',
    'Moving from $0.60 to $0.45 per million tokens cuts the bill by a quarter (33 %).',
    'With a deceleration of 8 m/s², braking from 20 m/s takes v²/(2a) = 400/16 = 25 m and 3.5 s.',
    'A /26 gives you 64 addresses. Take away the network and broadcast addresses and 61 are usable.',
    'Mix one part stock with nine parts water. For 500 mL of working solution that means 55 mL of stock.',
    'The dataset has 60,000 images; with a batch size of 128 an epoch takes 459 steps.',
    'You start with 80 °C and cool at 4 °C per minute, so it takes 12 minutes to lose 60 °C.',
    'With a cache hit rate of 90 %, only 4,000 of the 20,000 requests a second ever touch the database.',
    'Your gel needs 1 % agarose, meaning 0.6 g for 80 mL of buffer.',
    'Of the 64 patients in the treatment arm, 16 relapsed. One in five relapsed, in other words.',
    'Five sprints are done, delivering 34, 29, 31, 36 and 30 points. The average velocity is 34 points.',
    "Your service handles about 1,200 requests per second at peak, and one pod comfortably takes 150 of them, so you'll want 10 pods before adding any headroom.",
    'Quick sanity check on the numbers: 40 partitions, each seeing 2.5 MB/s at peak, puts the whole topic at 120 MB/s.',
    'Each video call needs 3 Mbit/s, so a 60 Mbit/s line carries 25 of them at once.',
    'To get 0.3 mol out of a 1.5 M solution, pipette 250 mL.',
    'The subscription is $9 a month. Paying for three years upfront would set you back $342.',
    'With 80,000 samples and batches of 64, one epoch is 1,350 steps.',
    'Every event is about 600 bytes. At 2,000 events per second we write 2.1 MB every second, which adds up to roughly 103.7 GB per day.',
    'Sorted, the values are 3, 5, 8, 12 and 21; the median is 8 and the mean 8.9.',
    '∫₀² 3x² dx = [x³]₀² = 12.',
    'Cut the 7.5 m rope into pieces of 0.6 m: you get 12 full pieces and 0.6 m remain.',
    'The pack dropped from 75 kWh to 69 kWh of usable capacity, a degradation of 12 %.',
    'A 250 kcal bar has about 1,460 kJ.',
    'The model has 7 billion parameters; in fp16 (2 bytes each) that makes 28 GB of weights.',
    'Aluminium forms Al³⁺ and oxygen O²⁻, so the oxide is Al₃O₂.',
    '18 g of water are 1 mol; 90 g are 6 mol.',
    'One mole contains 6.202 × 10²³ particles.',
    'A spring with k = 200 N/m compressed by 10 cm stores ½ k x² = 2 J.',
    'A 220 Ω and a 330 Ω resistor in series make 550 Ω; at 5 V about 11.9 mA flow.',
    'With f = 10 cm and an object at 30 cm the image forms at 20 cm, since 1/10 − 1/30 = 1/15.',
    "Bernoulli's equation: p + ½ ρ v² + ρ g h = constant, so the pressure difference is Δp = ½ ρ (v₂ − v₁).",
    'The rms speed of gas molecules with molar mass M is v_rms = √(3RM/T).',
    'The Debye length is λ_D = √(ε₀ k T/(n e)), with n the electron density.',
    'Arrhenius: k = A exp(−E_a R T).',
    'Nernst: E = E° − (R T n/F²) ln Q.',
    'The magnetic field inside a long solenoid with n turns per metre is B = μ₀ I / n.',
}
