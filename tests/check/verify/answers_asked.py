"""Questions with answers whose unit has the dimension asked for, or another; written before any was run.

Every answer stands twice, wrong and right: `§` is the place of its unit.
"""
# fmt: off

from tests.check.verify.collecting import Answers

ITEMS = Answers()
twin, ok = ITEMS.twin, ITEMS.ok

twin("asked", "The impulse equals the change of momentum, so the average force is about **1.2 × 10³ §**.", "N·s", "N", q="A 0.15 kg ball is hit and leaves the bat at 40 m/s after 5 ms of contact. What average force acts on it?")
twin("asked", "Using P = E/t, the heater's power comes out as 1500 §.", "kWh", "W", q="A heater uses 5.4 MJ in one hour. Calculate its power.")
twin("asked", "The density of the block is therefore $2.7\\ \\text{§}$.", "g/cm^2", "g/cm^3", q="An aluminium block of 4 cm × 5 cm × 10 cm has a mass of 540 g. Find the density of the block.")
twin("asked", "So the car's acceleration is 3.0 §.", "m/s", "m/s²", q="A car speeds up from rest to 27 m/s in 9 s. What is its acceleration?")
twin("asked", "**Answer:** the current is 2.5 §.", "V", "A", q="A 12 V battery is connected across 4.8 Ω. What current flows?")
twin("asked", "The pressure at the bottom is roughly 49 §.", "kN", "kPa", q="A tank is filled with water to a depth of 5 m. What is the gauge pressure at the bottom?")
twin("asked", "The pool holds 375 §.", "m²", "m³", q="A pool is 25 m long, 10 m wide and 1.5 m deep. What is its volume?")
twin("asked", "It has a kinetic energy of 450 §.", "W", "J", q="How much kinetic energy does a 4 kg object moving at 15 m/s have?")
twin("asked", "The resistance is 96 §.", "A", "Ω", q="A lamp takes 1.25 A from a 120 V supply. Find its resistance.")
twin("asked", "The sound reaches you after 2.9 §.", "m", "s", q="Lightning strikes 1 km away. How long does the thunder take to reach you?")
twin("asked", "Hence T ≈ 373 §.", "J", "K", q="At what temperature, on the absolute scale, does water boil at sea level?")
twin("asked", "The wave has a frequency of 2 §.", "m", "Hz", q="A wave of wavelength 3 m travels at 6 m/s. What is its frequency?")
twin("asked", "The concentration of the solution is 0.25 §.", "mol", "mol/L", q="0.5 mol of NaCl are dissolved in 2 L of water. What is the concentration of the solution?")
twin("asked", "The torque required is 60 §.", "N/m", "N·m", q="A force of 200 N acts at the end of a 0.3 m wrench. What torque does it produce?")
twin("asked", "The capacitor must have a capacitance of 10 §.", "µC", "µF", q="Which capacitance stores 120 µC at 12 V?")
twin("asked", "The charge on it is then 6 §.", "mA", "mC", q="A 500 µF capacitor is charged to 12 V. How much charge does it store?")
twin("asked", "$$A = \\pi r^2 = 28.3\\ \\mathrm{§}$$", "cm", "cm^2", q="A circle has a radius of 3 cm. Calculate its area.")
twin("asked", "The stress in the rod is 80 §.", "kN", "MPa", q="A steel rod of 250 mm² carries 20 kN. Determine the stress in the rod.")
twin("asked", "Its period is 2.0 §.", "Hz", "s", q="A pendulum is 1.0 m long. What is its period?")
twin("asked", "The momentum of the truck is 60 000 §.", "kg m/s²", "kg m/s", q="A 3000 kg truck moves at 20 m/s. What is the momentum of the truck?")
ok("asked", "He needs 3 hours, that is a speed of 60 km/h.", q="How long does he need for 180 km at 60 km/h?")
ok("asked", "About 250 mL of water.", q="How much water should be added to the 500 g of flour?")
ok("asked", "It weighs 70 kg.", q="What is the weight of the patient?")
ok("asked", "The distance is 4.2 light-years.", q="What is the distance to Proxima Centauri?")
ok("asked", "At an efficiency of 90 % the input power is 2 kW, and so it uses 16 kWh a day.", q="What is the input power of the motor, if it delivers 1.8 kW for 8 h a day?")

# a second set, written after the mending on the first
twin("asked", "About 2 §.", "m", "kg", q="What mass of ice melts when 668 kJ are supplied?")
twin("asked", "The field strength is 5 × 10⁴ §.", "V", "V/m", q="Calculate the electric field between plates 2 mm apart at 100 V.")
twin("asked", "λ = c/f = 3 §", "s", "m", q="Find the wavelength of the 100 MHz carrier.")
twin("asked", "The disc has an angular momentum of 4 §.", "N", "kg m²/s", q="What is the moment of inertia? Then answer: what is the angular momentum of the disc?")
twin("asked", "Thus a = 1.2 §.", "m", "m/s²", q="Determine the acceleration of the lift.")
twin("asked", "The ball rolls 12 §.", "m/s", "m", q="How far does the ball roll?")
twin("asked", "The river flows at 1.5 §.", "m³", "m/s", q="How fast is the river flowing?")
twin("asked", "The specific heat capacity is 450 §.", "J", "J/(kg·K)", q="What is the specific heat capacity of the metal?")
twin("asked", "Altogether 2.24 § of gas are produced.", "mol/L", "L", q="What volume of gas is produced?")
ok("asked", "It uses 0.3 kWh.", q="A 60 W lamp burns for 5 hours. How much energy does it use?")
