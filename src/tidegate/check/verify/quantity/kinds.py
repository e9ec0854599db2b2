# ruff: noqa: E501  (tables read best on one line)
"""Names of quantities and the units of their dimensions, as a text declares its symbols by them."""

from __future__ import annotations

KINDS: dict[str, str] = {  # a quantity's name → a unit of its dimension
    "mass": "kg", "length": "m", "distance": "m", "height": "m", "radius": "m", "displacement": "m", "position": "m", "wavelength": "m", "diameter": "m", "depth": "m", "width": "m", "thickness": "m",
    "time": "s", "period": "s", "duration": "s", "speed": "m/s", "velocity": "m/s", "speed of light": "m/s", "acceleration": "m/s^2", "gravitational acceleration": "m/s^2", "acceleration due to gravity": "m/s^2",
    "force": "N", "weight": "N", "tension": "N", "energy": "J", "kinetic energy": "J", "potential energy": "J", "work": "J", "heat": "J", "power": "W", "pressure": "Pa", "stress": "Pa",
    "density": "kg/m^3", "volume": "m^3", "area": "m^2", "momentum": "kg m/s", "impulse": "N s", "torque": "N m", "moment of inertia": "kg m^2", "angular momentum": "kg m^2/s", "frequency": "Hz",
    "angular frequency": "1/s", "angular velocity": "1/s", "charge": "C", "current": "A", "voltage": "V", "potential difference": "V", "resistance": "ohm", "capacitance": "F", "inductance": "H",
    "electric field": "V/m", "magnetic field": "T", "temperature": "K", "amount": "mol", "number of moles": "mol", "gas constant": "J/(mol K)", "spring constant": "N/m", "gravitational constant": "m^3/(kg s^2)",
    "planck constant": "J s", "planck's constant": "J s", "boltzmann constant": "J/K", "specific heat": "J/(kg K)", "specific heat capacity": "J/(kg K)", "viscosity": "Pa s", "dynamic viscosity": "Pa s",
    "flow rate": "m^3/s", "concentration": "mol/m^3", "diffusion coefficient": "m^2/s", "thermal conductivity": "W/(m K)", "surface tension": "N/m", "resistivity": "ohm m", "magnetic flux": "Wb", "angle": "rad",
    "temperature change": "K", "change in temperature": "K", "entropy": "J/K", "half-life": "s", "decay constant": "1/s", "luminosity": "W", "semi-major axis": "m", "orbital radius": "m", "molar mass": "kg/mol", "molar volume": "m^3/mol", "angular acceleration": "1/s^2", "current density": "A/m^2", "energy density": "J/m^3", "mass flow rate": "kg/s", "specific volume": "m^3/kg", "heat capacity": "J/K",
    "heat flux": "W/m^2", "volumetric flow rate": "m^3/s", "linear density": "kg/m", "specific energy": "J/kg", "number density": "1/m^3", "charge density": "C/m^3", "permittivity": "F/m", "permeability": "H/m", "conductivity": "S/m",
    "shear modulus": "Pa", "bulk modulus": "Pa", "kinematic viscosity": "m^2/s", "electric potential": "V", "electromotive force": "V", "molar heat capacity": "J/(mol K)", "luminous flux": "lm", "elementary charge": "C", "speed of sound": "m/s",
    "young's modulus": "Pa",
    "separation": "m", "altitude": "m", "elevation": "m", "wave speed": "m/s", "flow speed": "m/s", "escape velocity": "m/s", "drift velocity": "m/s", "focal length": "m", "path length": "m",
    "second moment of area": "m^4", "area moment of inertia": "m^4", "polar moment of inertia": "m^4", "polar moment of area": "m^4", "bending moment": "N m", "elastic modulus": "Pa", "modulus of elasticity": "Pa", "elastic potential energy": "J",
    "stiffness": "N/m", "linear mass density": "kg/m", "mass density": "kg/m^3", "surface area": "m^2", "cross-sectional area": "m^2", "cross section": "m^2", "heat transfer coefficient": "W/(m^2 K)", "thermal diffusivity": "m^2/s",
    "diffusivity": "m^2/s", "stefan-boltzmann constant": "W/(m^2 K^4)", "universal gas constant": "J/(mol K)", "molar gas constant": "J/(mol K)", "reduced planck constant": "J s",
    "coulomb constant": "N m^2/C^2", "coulomb's constant": "N m^2/C^2", "vacuum permittivity": "F/m", "permittivity of free space": "F/m", "permittivity of vacuum": "F/m", "vacuum permeability": "H/m", "permeability of free space": "H/m", "permeability of vacuum": "H/m", "avogadro constant": "1/mol", "avogadro's number": "1/mol",
    "faraday constant": "C/mol", "faraday's constant": "C/mol", "boltzmann's constant": "J/K", "newton's constant": "m^3/(kg s^2)", "universal gravitational constant": "m^3/(kg s^2)", "reactance": "ohm", "impedance": "ohm", "inductive reactance": "ohm", "capacitive reactance": "ohm", "conductance": "S", "electrical conductivity": "S/m",
    "magnetic flux density": "T", "electric field strength": "V/m", "electric charge": "C", "electric current": "A", "internal energy": "J", "gibbs free energy": "J", "work function": "J", "rest mass": "kg", "reduced mass": "kg", "normal force": "N", "lever arm": "m", "acceleration of gravity": "m/s^2",
    "gravitational field strength": "m/s^2", "mass of the electron": "kg", "electron mass": "kg", "volume flow rate": "m^3/s", "molality": "mol/kg", "molarity": "mol/m^3", "molar concentration": "mol/m^3", "amount of substance": "mol", "amount of gas": "mol",
}  # fmt: skip
# quantities of dimension one
PURE = frozenset(
    {"coefficient of friction", "friction coefficient", "coefficient of static friction", "coefficient of kinetic friction", "friction factor", "darcy friction factor", "efficiency", "refractive index", "index of refraction", "angle", "strain", "emissivity", "drag coefficient",
     "discharge coefficient", "poisson's ratio", "lorentz factor", "reynolds number", "mach number", "quantum number", "principal quantum number", "atomic number", "mass number", "scale factor", "quality factor", "damping ratio", "dielectric constant", "relative permittivity", "relative permeability",
     "phase", "phase angle", "launch angle", "angle of incidence", "equilibrium constant", "reaction quotient", "ratio of specific heats", "heat capacity ratio", "integer", "probability", "lift coefficient", "absorbance", "redshift", "number of turns", "number of molecules", "number of particles", "number of atoms",
     "number of electrons", "number of nuclei", "number of protons", "number of neutrons", "number of microstates", "number of photons", "ideality factor", "safety factor", "factor of safety", "contact angle", "scattering angle"}
)  # fmt: skip
