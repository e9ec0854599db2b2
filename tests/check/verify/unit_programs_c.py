"""A third set of programs that tell their units, with changes of one place; `d` changes a dimension, `s` a scale."""
# fmt: off

PROGRAMS: dict[str, tuple[str, list[tuple[str, str, str]]]] = {}


def program(name: str, source: str, *changes: tuple[str, str, str]) -> None:
    """Add a program; every change must change it."""
    for kind, old, new in changes:
        assert kind in "ds", name
        assert old in source, (name, old)
        assert old != new, (name, old)
    PROGRAMS[name] = (source.lstrip("\n"), list(changes))


program("bouncing ball", """
import numpy as np

# --- physical parameters ---
g = 9.81          # gravitational acceleration (m/s²)
radius = 0.12     # ball radius (m)
mass = 0.6        # ball mass (kg)
restitution = 0.8 # coefficient of restitution (-)
air_density = 1.2 # kg/m³
drag_coeff = 0.5

area = np.pi * radius**2           # m²
dt = 1e-3                          # s
y, v, t = 3.0, 0.0, 0.0            # start at rest

def drag_force(v):
    return -0.5 * air_density * drag_coeff * area * v * abs(v)   # N

heights, times = [], []
while t < 5.0:
    a = -g + drag_force(v) / mass  # m/s²
    v += a * dt
    y += v * dt
    if y < radius:
        y = radius
        v = -restitution * v
    t += dt
    heights.append(y)
    times.append(t)

potential = mass * g * heights[-1]     # J
kinetic = 0.5 * mass * v**2            # J
print(f"final energy: {potential + kinetic:.3f} J")
""", ("d", "drag_force(v) / mass", "drag_force(v) * mass"), ("d", "v += a * dt", "v += a"), ("d", "mass * g * heights[-1]", "g * heights[-1]"), ("d", "0.5 * mass * v**2  ", "0.5 * mass * v  "))
program("dataclass spacecraft", '''
from dataclasses import dataclass
import math


@dataclass
class Spacecraft:
    """A chemical-propulsion spacecraft.

    Attributes:
        dry_mass_kg: mass without propellant
        propellant_kg: propellant mass
        isp_s: specific impulse in seconds
    """

    dry_mass_kg: float
    propellant_kg: float
    isp_s: float

    G0 = 9.80665  # m/s^2

    @property
    def exhaust_velocity(self) -> float:
        """Effective exhaust velocity in m/s."""
        return self.isp_s * self.G0

    def delta_v(self) -> float:
        """Total delta-v in m/s (Tsiolkovsky)."""
        m0 = self.dry_mass_kg + self.propellant_kg   # kg
        return self.isp_s * self.G0 * math.log(m0 / self.dry_mass_kg)

    def burn_time(self, thrust_kn: float) -> float:
        """Burn time in seconds at the given thrust."""
        thrust = thrust_kn * 1000          # N
        ve = self.isp_s * self.G0          # m/s
        mass_flow = thrust / ve            # kg/s
        return self.propellant_kg / mass_flow
''', ("d", "return self.isp_s * self.G0 * math.log", "return self.isp_s * math.log"), ("d", "thrust / ve ", "thrust * ve "), ("d", "self.propellant_kg / mass_flow", "self.propellant_kg * mass_flow"), ("d", "math.log(m0 / self.dry_mass_kg)", "math.log(m0 * self.dry_mass_kg)"))
program("pandas energy", '''
import pandas as pd

df = pd.read_csv("meter.csv")            # columns: timestamp, power_w
df["power_kw"] = df["power_w"] / 1000
interval_h = 0.25
df["energy_kwh"] = df["power_kw"] * interval_h
df["energy_wh"] = df["energy_kwh"] * 1000
df["duration_s"] = interval_h * 3600
total_kwh = df["energy_kwh"].sum()
peak_kw = df["power_kw"].max()
print(f"Total: {total_kwh:.1f} kWh, peak {peak_kw:.2f} kW")
''', ("s", 'df["power_w"] / 1000', 'df["power_w"] * 1000'), ("d", 'df["power_kw"] * interval_h', 'df["power_kw"] / interval_h'), ("s", "interval_h * 3600", "interval_h * 60"), ("s", 'df["energy_kwh"] * 1000', 'df["energy_kwh"] / 1000'))
program("cache sizing", '''
def cache_requirements(requests_per_s, avg_object_kb, ttl_s):
    """Memory needed for a cache.

    requests_per_s: unique requests per second
    avg_object_kb: mean object size in kB
    ttl_s: time to live of an entry in seconds
    """
    entries = requests_per_s * ttl_s
    memory_kb = entries * avg_object_kb
    memory_mb = memory_kb / 1024
    memory_gb = memory_mb / 1024
    ttl_min = ttl_s / 60
    ttl_ms = ttl_s * 1000
    return entries, memory_gb, ttl_min, ttl_ms


entries, memory_gb, ttl_min, ttl_ms = cache_requirements(500, 12, 300)
print(f"{entries} entries, {memory_gb:.2f} GB, TTL {ttl_min:.0f} min")
''', ("s", "memory_mb = memory_kb / 1024", "memory_mb = memory_kb * 1024"), ("s", "memory_gb = memory_mb / 1024", "memory_gb = memory_mb / 100"), ("s", "ttl_ms = ttl_s * 1000", "ttl_ms = ttl_s / 1000"), ("s", "ttl_s / 60", "ttl_s / 3600"))
program("diffusion grid", '''
import numpy as np

D = 1e-9         # diffusion coefficient [m^2/s]
L = 1e-3         # domain length [m]
N = 101
dx = L / (N - 1)        # [m]
dt = 0.25 * dx * dx / D # [s]

def step(c):
    """Advance the concentration [mol/m^3] by one explicit step."""
    flux = -D * np.diff(c) / dx        # [mol/(m^2 s)]
    c[1:-1] -= (flux[1:] - flux[:-1]) / dx * dt
    return c

c = np.zeros(N)         # concentration [mol/m^3]
c[N // 2] = 1.0
t = 0.0                 # [s]
while t < 100.0:
    c = step(c)
    t += dt
total = np.trapz(c, dx=dx)     # [mol/m^2]
spread = np.sqrt(2 * D * t)    # [m]
''', ("d", "-D * np.diff(c) / dx ", "-D * np.diff(c) "), ("d", "np.sqrt(2 * D * t)", "(2 * D * t)"), ("d", "0.25 * dx * dx / D", "0.25 * dx / D"), ("d", "np.trapz(c, dx=dx)", "np.sum(c)"))
program("pid oven", '''
class Oven:
    """Lumped thermal model of an oven with a PI controller."""

    def __init__(self):
        self.temperature = 295.0      # K
        self.ambient = 295.0          # K
        self.heat_capacity = 1200.0   # J/K
        self.loss = 8.0               # W/K
        self.max_power = 2500.0       # W
        self.integral = 0.0           # K*s
        self.kp = 60.0                # W/K
        self.ki = 0.4                 # W/(K*s)
        self.energy_used = 0.0        # J

    def update(self, setpoint, dt):
        """One control step; setpoint in K, dt in s."""
        error = setpoint - self.temperature
        self.integral += error * dt
        power = self.kp * error + self.ki * self.integral
        power = min(max(power, 0.0), self.max_power)
        losses = self.loss * (self.temperature - self.ambient)
        self.temperature += (power - losses) / self.heat_capacity * dt
        self.energy_used += power * dt
        return power
''', ("d", "self.integral += error * dt", "self.integral += error"), ("d", "self.energy_used += power * dt", "self.energy_used += power"), ("d", "(power - losses) / self.heat_capacity * dt", "(power - losses) * self.heat_capacity * dt"), ("d", "self.kp * error + self.ki * self.integral", "self.kp * error + self.ki * error"))
program("buoyancy functions", '''
G = 9.81            # m/s^2
RHO_WATER = 1000.0  # kg/m^3


def buoyant_force(volume):
    """Buoyant force (N) on a body of the given volume (m^3)."""
    return RHO_WATER * G * volume


def submerged_fraction(mass, volume):
    """Fraction of the volume below the surface. mass in kg, volume in m^3."""
    density = mass / volume
    return density / RHO_WATER


def bobbing_period(mass, area):
    """Period in seconds of small vertical oscillations; mass in kg, area in m^2."""
    stiffness = RHO_WATER * G * area       # N/m
    return 2 * 3.141592653589793 * (mass / stiffness) ** 0.5


def pressure_at(depth):
    """Absolute pressure in Pa at a depth in m."""
    p0 = 101325.0                          # Pa
    return p0 + RHO_WATER * G * depth


print(f"pressure: {pressure_at(10) / 1000:.1f} kPa")
''', ("d", "(mass / stiffness) ** 0.5", "(stiffness / mass) ** 0.5"), ("d", "p0 + RHO_WATER * G * depth", "p0 + RHO_WATER * depth"), ("d", "return RHO_WATER * G * volume", "return RHO_WATER * volume"), ("s", "pressure_at(10) / 1000", "pressure_at(10) * 1000"))
program("cooling log", '''
import math
import time

POLL_MS = 500
LIMIT_C = 80.0


def wait_until_cool(sensor, timeout_s=120.0):
    """Poll the sensor until it is below LIMIT_C or timeout_s has passed."""
    start_s = time.monotonic()
    while sensor.read() > LIMIT_C:
        elapsed_s = time.monotonic() - start_s
        if elapsed_s > timeout_s:
            raise TimeoutError(f"still hot after {elapsed_s:.0f} s")
        time.sleep(POLL_MS / 1000)
    waited_ms = (time.monotonic() - start_s) * 1000
    return waited_ms


def log_uptime(boot_ns):
    uptime_s = (time.monotonic_ns() - boot_ns) / 1e9
    uptime_hours = uptime_s / 3600
    uptime_days = uptime_hours / 24
    print(f"up {uptime_days:.1f} days ({uptime_hours:.0f} hours)")
''', ("s", "(time.monotonic() - start_s) * 1000", "(time.monotonic() - start_s) / 1000"), ("s", "time.sleep(POLL_MS / 1000)", "time.sleep(POLL_MS)"), ("s", "uptime_s / 3600", "uptime_s / 60"), ("s", "- boot_ns) / 1e9", "- boot_ns) / 1e6"))
program("beam bending si", '''
import numpy as np

E = 210e9          # Young's modulus [Pa]
b, h = 0.05, 0.1   # cross-section [m]
L = 2.0            # span [m]
q = 1500.0         # distributed load [N/m]

I = b * h**3 / 12                       # second moment of area [m^4]
M_max = q * L**2 / 8                    # maximum bending moment [N*m]
sigma_max = M_max * (h / 2) / I         # maximum stress [Pa]
w_max = 5 * q * L**4 / (384 * E * I)    # maximum deflection [m]
x = np.linspace(0, L, 101)              # [m]
M = q * x / 2 * (L - x)                 # [N*m]
print(f"sigma = {sigma_max / 1e6:.1f} MPa, w = {w_max * 1000:.2f} mm")
''', ("d", "5 * q * L**4", "5 * q * L**3"), ("d", "q * L**2 / 8", "q * L / 8"), ("d", "M_max * (h / 2) / I", "M_max * I / (h / 2)"), ("s", "w_max * 1000:.2f} mm", "w_max * 100:.2f} mm"))
program("kinetics arrhenius", '''
import numpy as np

R_GAS = 8.314        # J/(mol K)
A = 3.2e9            # pre-exponential factor, 1/s
Ea = 75e3            # activation energy, J/mol

def rate_constant(T):
    """First-order rate constant in 1/s at temperature T in K."""
    return A * np.exp(-Ea / (R_GAS * T))

def concentration(c0, k, t):
    """c0 in mol/L, k in 1/s, t in s; result in mol/L."""
    return c0 * np.exp(-k * t)

k = rate_constant(330.0)                 # 1/s
half_life = np.log(2) / k                # s
c = concentration(0.5, k, 600.0)         # mol/L
rate = k * c                             # mol/(L s)
print(f"t1/2 = {half_life / 60:.1f} min")
''', ("d", "np.exp(-Ea / (R_GAS * T))", "np.exp(-Ea / R_GAS * T)"), ("d", "np.exp(-k * t)", "np.exp(-k / t)"), ("d", "np.log(2) / k ", "np.log(2) * k "), ("s", "half_life / 60:.1f} min", "half_life / 3600:.1f} min"))

MISSED: frozenset[tuple[str, str]] = frozenset((
))
"""Changes that are not found, by program and new text."""
