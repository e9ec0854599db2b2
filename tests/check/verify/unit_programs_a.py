"""Programs that tell their units, as answers bring them, each with changes of one place; `d` changes a dimension, `s` a scale."""
# fmt: off

PROGRAMS: dict[str, tuple[str, list[tuple[str, str, str]]]] = {}


def program(name: str, source: str, *changes: tuple[str, str, str]) -> None:
    """Add a program; every change must change it."""
    for kind, old, new in changes:
        assert kind in "ds", name
        assert old in source, (name, old)
        assert old != new, (name, old)
    PROGRAMS[name] = (source.lstrip("\n"), list(changes))


program("projectile with drag", """
import numpy as np

g = 9.81        # m/s^2
rho = 1.225     # air density, kg/m^3
Cd = 0.47       # drag coefficient (dimensionless)
A = 0.0043      # cross-sectional area, m^2
m = 0.145       # mass, kg

def simulate(v0, angle_deg, dt=0.01):
    angle = np.radians(angle_deg)
    x, y = 0.0, 0.0                    # m
    vx = v0 * np.cos(angle)            # m/s
    vy = v0 * np.sin(angle)            # m/s
    t = 0.0                            # s
    while y >= 0:
        v = np.sqrt(vx**2 + vy**2)     # m/s
        drag = 0.5 * rho * Cd * A * v**2   # N
        ax = -drag * vx / (v * m)      # m/s^2
        ay = -g - drag * vy / (v * m)  # m/s^2
        vx += ax * dt
        vy += ay * dt
        x += vx * dt
        y += vy * dt
        t += dt
    return x, t

rng, t = simulate(40.0, 35)
print(f"Range: {rng:.1f} m, time of flight: {t:.2f} s")
""", ("d", "x += vx * dt", "x += vx"), ("d", "rho * Cd * A * v**2", "rho * Cd * A * v"), ("d", "-g - drag * vy / (v * m)", "-g - drag * vy / v"), ("d", "vy += ay * dt", "vy += ay / dt"))
program("cstr", '''
def cstr_steady_state(F, V, CA0, k):
    """
    Steady state of an isothermal CSTR with a first-order reaction A -> B.

    Parameters
    ----------
    F : float
        Volumetric flow rate [L/min]
    V : float
        Reactor volume [L]
    CA0 : float
        Feed concentration [mol/L]
    k : float
        Rate constant [1/min]

    Returns
    -------
    CA : float
        Outlet concentration [mol/L]
    """
    tau = V / F                      # residence time [min]
    CA = CA0 / (1 + k * tau)         # [mol/L]
    rate = k * CA                    # [mol/(L min)]
    production = rate * V            # [mol/min]
    return CA, production

CA, prod = cstr_steady_state(F=10.0, V=250.0, CA0=2.0, k=0.08)
print(f"Outlet concentration: {CA:.3f} mol/L, production: {prod:.2f} mol/min")
''', ("d", "tau = V / F", "tau = V * F"), ("d", "(1 + k * tau)", "(1 + k / tau)"), ("d", "production = rate * V ", "production = rate / V "))
program("battery pack", """
class BatteryPack:
    def __init__(self, capacity_ah, voltage_v, soc=1.0):
        self.capacity_ah = capacity_ah
        self.voltage_v = voltage_v
        self.soc = soc
        self.energy_wh = capacity_ah * voltage_v

    def discharge(self, power_w, hours):
        \"\"\"Draw power_w watts for the given number of hours.\"\"\"
        energy_wh = power_w * hours
        self.soc -= energy_wh / self.energy_wh
        return self.soc

    def runtime_hours(self, power_w):
        return self.soc * self.energy_wh / power_w

pack = BatteryPack(capacity_ah=100, voltage_v=12.8)
pack.discharge(power_w=60, hours=5)
runtime_h = pack.runtime_hours(power_w=60)
runtime_min = runtime_h * 60
print(f"Remaining runtime: {runtime_h:.1f} h ({runtime_min:.0f} min)")
""", ("d", "self.energy_wh = capacity_ah * voltage_v", "self.energy_wh = capacity_ah / voltage_v"), ("d", "energy_wh = power_w * hours", "energy_wh = power_w / hours"), ("s", "runtime_min = runtime_h * 60", "runtime_min = runtime_h * 3600"))
program("retry with timeouts", """
import time

def call_with_retry(fn, timeout_s=30, base_delay_ms=200, max_retries=5):
    \"\"\"Call fn until it succeeds or timeout_s has elapsed.\"\"\"
    start = time.monotonic()
    delay_ms = base_delay_ms
    for attempt in range(max_retries):
        try:
            return fn()
        except ConnectionError:
            elapsed_s = time.monotonic() - start
            if elapsed_s + delay_ms / 1000 > timeout_s:
                raise
            time.sleep(delay_ms / 1000)
            delay_ms = delay_ms * 2
    elapsed_ms = (time.monotonic() - start) * 1000
    raise TimeoutError(f"gave up after {elapsed_ms:.0f} ms")
""", ("s", "elapsed_s + delay_ms / 1000 > timeout_s", "elapsed_s + delay_ms > timeout_s"), ("s", "time.sleep(delay_ms / 1000)", "time.sleep(delay_ms)"), ("s", "(time.monotonic() - start) * 1000", "(time.monotonic() - start) * 100"))
program("download time", """
file_size_bytes = 4.7e9
bandwidth_mbps = 100

bandwidth_bytes_per_s = bandwidth_mbps * 1e6 / 8
download_time_s = file_size_bytes / bandwidth_bytes_per_s
download_time_min = download_time_s / 60
file_size_gb = file_size_bytes / 1e9

print(f"Downloading {file_size_gb:.1f} GB takes {download_time_min:.1f} minutes")
""", ("s", "bandwidth_mbps * 1e6 / 8", "bandwidth_mbps * 1e6"), ("s", "download_time_s / 60", "download_time_s / 3600"), ("d", "file_size_bytes / bandwidth_bytes_per_s", "file_size_bytes * bandwidth_bytes_per_s"), ("s", "file_size_bytes / 1e9", "file_size_bytes / 1e6"))
program("spring mass", '''
import numpy as np

# Parameters
m = 0.5    # mass (kg)
k = 20.0   # spring constant (N/m)
c = 0.3    # damping coefficient (N*s/m)
x0 = 0.1   # initial displacement (m)
v0 = 0.0   # initial velocity (m/s)
dt = 0.001 # time step (s)
t_end = 5  # total time (s)

n = int(t_end / dt)
x = np.zeros(n)
v = np.zeros(n)
x[0], v[0] = x0, v0

for i in range(n - 1):
    a = (-k * x[i] - c * v[i]) / m
    v[i + 1] = v[i] + a * dt
    x[i + 1] = x[i] + v[i + 1] * dt

energy = 0.5 * m * v**2 + 0.5 * k * x**2   # total energy (J)
omega = np.sqrt(k / m)                     # natural frequency (rad/s)
print(f"Natural frequency: {omega:.2f} rad/s, final energy: {energy[-1]:.4f} J")
''', ("d", "(-k * x[i] - c * v[i]) / m", "(-k * x[i] - c * v[i])"), ("d", "0.5 * m * v**2", "0.5 * m * v"), ("d", "x[i] + v[i + 1] * dt", "x[i] + v[i + 1]"), ("d", "np.sqrt(k / m)", "np.sqrt(m / k)"))
program("solar plant economics", '''
def annual_revenue(panel_area_m2, efficiency, irradiance_kwh_m2_day, price_per_kwh):
    """Yearly revenue of a solar installation.

    Args:
        panel_area_m2: total panel area in square metres
        efficiency: conversion efficiency (0-1)
        irradiance_kwh_m2_day: daily insolation in kWh/m^2/day
        price_per_kwh: electricity price in $/kWh

    Returns:
        Revenue in dollars per year.
    """
    daily_kwh = panel_area_m2 * irradiance_kwh_m2_day * efficiency
    annual_kwh = daily_kwh * 365
    return annual_kwh * price_per_kwh


cost_usd = 12000.0
revenue = annual_revenue(panel_area_m2=30, efficiency=0.2, irradiance_kwh_m2_day=4.5, price_per_kwh=0.18)
payback_years = cost_usd / revenue
print(f"Revenue: ${revenue:.0f}/yr, payback {payback_years:.1f} years")
''', ("d", "annual_kwh * price_per_kwh", "annual_kwh / price_per_kwh"), ("d", "panel_area_m2 * irradiance_kwh_m2_day * efficiency", "irradiance_kwh_m2_day * efficiency"), ("d", "cost_usd / revenue", "cost_usd * revenue"))
program("orbit", '''
import math

G = 6.674e-11        # gravitational constant [m^3 kg^-1 s^-2]
M_EARTH = 5.972e24   # mass of the Earth [kg]
R_EARTH = 6.371e6    # radius of the Earth [m]

def orbital_velocity(altitude_km):
    """Circular orbital velocity in m/s at the given altitude (km)."""
    r = R_EARTH + altitude_km * 1000
    return math.sqrt(G * M_EARTH / r)

def orbital_period(altitude_km):
    """Orbital period in seconds."""
    r = R_EARTH + altitude_km * 1000
    return 2 * math.pi * math.sqrt(r**3 / (G * M_EARTH))

v = orbital_velocity(400)
T = orbital_period(400)
period_min = T / 60
print(f"v = {v:.0f} m/s, T = {period_min:.1f} min")
''', ("d", "math.sqrt(G * M_EARTH / r)", "math.sqrt(G * M_EARTH / r**2)"), ("d", "math.sqrt(r**3 / (G * M_EARTH))", "math.sqrt(r**2 / (G * M_EARTH))"), ("s", "altitude_km * 1000\n    return math.sqrt", "altitude_km * 100\n    return math.sqrt"), ("s", "period_min = T / 60", "period_min = T / 3600"))
program("heat conduction", '''
import numpy as np

L = 1.0          # rod length [m]
nx = 51          # number of grid points
alpha = 1.1e-4   # thermal diffusivity [m^2/s]
dx = L / (nx - 1)            # grid spacing [m]
dt = 0.4 * dx**2 / alpha     # time step [s]

T = np.full(nx, 20.0)        # temperature [K]
T[0] = 100.0
t = 0.0                      # time [s]
while t < 600.0:
    lap = (T[2:] - 2 * T[1:-1] + T[:-2]) / dx**2    # [K/m^2]
    T[1:-1] = T[1:-1] + alpha * lap * dt
    t += dt
print(f"Mid-point temperature after {t:.0f} s: {T[nx // 2]:.1f} K")
''', ("d", "/ dx**2    # [K/m^2]", "/ dx    # [K/m^2]"), ("d", "alpha * lap * dt", "alpha * lap"), ("d", "0.4 * dx**2 / alpha", "0.4 * dx / alpha"))
program("pipe flow", '''
import math

def pressure_drop(flow_rate, diameter, length, density=998.0, viscosity=1.0e-3, roughness=4.5e-5):
    """Darcy-Weisbach pressure drop.

    :param flow_rate: volumetric flow rate (m^3/s)
    :param diameter: inner diameter (m)
    :param length: pipe length (m)
    :param density: fluid density (kg/m^3)
    :param viscosity: dynamic viscosity (Pa*s)
    :param roughness: wall roughness (m)
    :return: pressure drop (Pa)
    """
    area = math.pi * diameter**2 / 4
    velocity = flow_rate / area
    reynolds = density * velocity * diameter / viscosity
    if reynolds < 2300:
        f = 64 / reynolds
    else:
        f = 0.25 / math.log10(roughness / (3.7 * diameter) + 5.74 / reynolds**0.9)**2
    return f * (length / diameter) * 0.5 * density * velocity**2

dp = pressure_drop(0.002, 0.05, 30.0)
pump_power = dp * 0.002
print(f"Pressure drop: {dp / 1000:.2f} kPa")
''', ("d", "0.5 * density * velocity**2", "0.5 * density * velocity"), ("d", "density * velocity * diameter / viscosity", "density * velocity / viscosity"), ("d", "math.pi * diameter**2 / 4", "math.pi * diameter / 4"), ("s", "dp / 1000:.2f", "dp / 100:.2f"))
program("rocket", """
# Single-stage rocket
dry_mass = 1200.0      # kg
fuel_mass = 4000.0     # kg
burn_rate = 40.0       # kg/s
v_exhaust = 2500.0     # m/s
g0 = 9.80665           # m/s**2
dt = 0.1               # s

velocity = 0.0         # m/s
altitude = 0.0         # m
mass = dry_mass + fuel_mass
thrust = burn_rate * v_exhaust     # N

while fuel_mass > 0:
    acceleration = thrust / mass - g0
    velocity += acceleration * dt
    altitude += velocity * dt
    fuel_mass -= burn_rate * dt
    mass = dry_mass + fuel_mass

print("Burnout velocity:", velocity, "m/s")
print("Burnout altitude:", altitude / 1000, "km")
""", ("d", "thrust / mass - g0", "thrust - g0"), ("d", "fuel_mass -= burn_rate * dt", "fuel_mass -= burn_rate"), ("d", "burn_rate * v_exhaust ", "burn_rate / v_exhaust "), ("s", "altitude / 1000, \"km\"", "altitude / 100, \"km\""))
program("ideal gas", '''
R = 8.314  # J/(mol*K)

def moles(pressure_kpa, volume_l, temperature_c):
    """Amount of gas in mol."""
    p = pressure_kpa * 1000        # Pa
    V = volume_l / 1000            # m^3
    T = temperature_c + 273.15     # K
    return p * V / (R * T)

def density(pressure_pa, molar_mass, T):
    """Gas density in kg/m^3; molar_mass in kg/mol, T in K."""
    return pressure_pa * molar_mass / (R * T)

n = moles(101.325, 22.4, 0.0)
print(f"n = {n:.3f} mol")
print(f"rho = {density(101325, 0.029, 298.15):.3f} kg/m^3")
''', ("d", "p * V / (R * T)", "p * V / R * T"), ("s", "volume_l / 1000 ", "volume_l / 100 "), ("s", "pressure_kpa * 1000 ", "pressure_kpa / 1000 "), ("d", "pressure_pa * molar_mass / (R * T)", "pressure_pa / (R * T)"))
program("ev trip", """
battery_kwh = 75
consumption_wh_per_km = 180
distance_km = 320
charger_kw = 11
avg_speed_kmh = 90

energy_needed_kwh = distance_km * consumption_wh_per_km / 1000
range_km = battery_kwh * 1000 / consumption_wh_per_km
driving_hours = distance_km / avg_speed_kmh
charging_hours = energy_needed_kwh / charger_kw
total_hours = driving_hours + charging_hours
total_minutes = total_hours * 60
print(f"Energy: {energy_needed_kwh:.1f} kWh, total {total_minutes:.0f} minutes")
""", ("s", "distance_km * consumption_wh_per_km / 1000", "distance_km * consumption_wh_per_km"), ("d", "distance_km / avg_speed_kmh", "distance_km * avg_speed_kmh"), ("s", "total_hours * 60", "total_hours / 60"), ("d", "energy_needed_kwh / charger_kw", "energy_needed_kwh * charger_kw"))
program("pendulum class", '''
import math
from dataclasses import dataclass


@dataclass
class Pendulum:
    length: float         # m
    mass: float           # kg
    theta: float          # rad
    omega: float = 0.0    # rad/s
    g: float = 9.81       # m/s^2

    def step(self, dt: float) -> None:
        """Advance by dt seconds (semi-implicit Euler)."""
        alpha = -self.g / self.length * math.sin(self.theta)   # rad/s^2
        self.omega += alpha * dt
        self.theta += self.omega * dt

    def energy(self) -> float:
        """Total mechanical energy in joules."""
        kinetic = 0.5 * self.mass * (self.length * self.omega) ** 2
        potential = self.mass * self.g * self.length * (1 - math.cos(self.theta))
        return kinetic + potential


p = Pendulum(length=1.0, mass=0.2, theta=0.3)
for _ in range(1000):
    p.step(0.001)
print(f"Energy: {p.energy():.6f} J")
''', ("d", "self.theta += self.omega * dt", "self.theta += self.omega"), ("d", "-self.g / self.length * math.sin", "-self.g * self.length * math.sin"), ("d", "self.mass * self.g * self.length * (1", "self.g * self.length * (1"), ("d", "(self.length * self.omega) ** 2", "(self.length * self.omega) ** 3"))
program("rc circuit", """
import numpy as np

R = 1e3      # ohm
C = 1e-6     # F
V0 = 5.0     # V
tau = R * C  # s

t = np.linspace(0, 5 * tau, 500)      # s
v = V0 * (1 - np.exp(-t / tau))       # V
i = V0 / R * np.exp(-t / tau)         # A
q = C * v                             # C
energy = 0.5 * C * v[-1]**2           # J
cutoff = 1 / (2 * np.pi * R * C)      # Hz
print(f"tau = {tau * 1e3:.2f} ms, cutoff = {cutoff:.1f} Hz, energy = {energy * 1e6:.2f} uJ")
""", ("d", "np.exp(-t / tau))       # V", "np.exp(-t * tau))       # V"), ("d", "i = V0 / R * np.exp", "i = V0 * R * np.exp"), ("d", "0.5 * C * v[-1]**2", "0.5 * C * v[-1]"), ("s", "tau * 1e3:.2f} ms", "tau * 1e6:.2f} ms"))
program("log throughput", '''
def summarize(latencies_ms, window_s):
    """Summarise request latencies.

    latencies_ms: list of request latencies in milliseconds
    window_s: length of the observation window in seconds
    """
    n = len(latencies_ms)
    mean_ms = sum(latencies_ms) / n
    worst_s = max(latencies_ms) / 1000
    requests_per_s = n / window_s
    requests_per_min = requests_per_s * 60
    busy_s = sum(latencies_ms) / 1000
    utilization = busy_s / window_s
    budget_ms = window_s * 1000 - sum(latencies_ms)
    return mean_ms, worst_s, requests_per_min, utilization, budget_ms

mean_ms, worst_s, rpm, util, budget_ms = summarize([12.0, 40.5, 33.1], 60)
print(f"mean latency {mean_ms:.1f} ms, worst {worst_s:.3f} s, {rpm:.0f} requests/min")
''', ("s", "max(latencies_ms) / 1000", "max(latencies_ms) / 60"), ("s", "window_s * 1000 - sum", "window_s - sum"), ("s", "requests_per_s * 60", "requests_per_s / 60"), ("s", "busy_s = sum(latencies_ms) / 1000", "busy_s = sum(latencies_ms)"))
program("beam", '''
def max_deflection(load, length, youngs_modulus, width, height):
    """Deflection of a cantilever with a point load at its tip.

    Args:
        load (float): Point load in N.
        length (float): Beam length in m.
        youngs_modulus (float): Young's modulus in Pa.
        width (float): Section width in m.
        height (float): Section height in m.

    Returns:
        float: Tip deflection in m.
    """
    I = width * height**3 / 12  # m^4
    return load * length**3 / (3 * youngs_modulus * I)

def max_stress(load, length, width, height):
    M = load * length          # N·m
    I = width * height**3 / 12  # m^4
    return M * (height / 2) / I

d = max_deflection(500, 2.0, 200e9, 0.05, 0.1)
deflection_mm = d * 1000
print(f"Deflection: {deflection_mm:.2f} mm")
''', ("d", "load * length**3 / (3", "load * length**2 / (3"), ("d", "I = width * height**3 / 12  # m^4\n    return load", "I = width * height**2 / 12  # m^4\n    return load"), ("d", "M = load * length  ", "M = load / length  "), ("s", "d * 1000", "d * 100"))
program("drug dosing", """
dose_mg = 500.0          # oral dose
bioavailability = 0.8    # fraction absorbed
volume_l = 42.0          # volume of distribution (L)
clearance_l_h = 7.0      # clearance (L/h)

k_el = clearance_l_h / volume_l            # elimination rate constant (1/h)
half_life_h = 0.693 / k_el                 # h
c0_mg_l = dose_mg * bioavailability / volume_l   # mg/L
auc = dose_mg * bioavailability / clearance_l_h  # mg*h/L
half_life_min = half_life_h * 60
c0_ug_ml = c0_mg_l * 1.0
print(f"half-life {half_life_h:.2f} h, C0 {c0_mg_l:.2f} mg/L, AUC {auc:.1f} mg*h/L")
""", ("d", "k_el = clearance_l_h / volume_l", "k_el = volume_l / clearance_l_h"), ("d", "bioavailability / clearance_l_h", "bioavailability * clearance_l_h"), ("s", "half_life_h * 60", "half_life_h / 60"))
program("trip conversions", """
def kmh_to_ms(speed_kmh):
    speed_ms = speed_kmh / 3.6
    return speed_ms

def braking_distance(speed_kmh, friction=0.7, reaction_time=1.0):
    \"\"\"Stopping distance in metres (speed_kmh in km/h, reaction_time in seconds).\"\"\"
    g = 9.81  # m/s^2
    v = kmh_to_ms(speed_kmh)                 # m/s
    reaction = v * reaction_time             # m
    braking = v ** 2 / (2 * friction * g)    # m
    return reaction + braking

for speed in (30, 50, 80, 130):
    print(f"{speed} km/h -> {braking_distance(speed):.1f} m")
""", ("s", "speed_kmh / 3.6", "speed_kmh * 3.6"), ("d", "v ** 2 / (2 * friction * g)", "v / (2 * friction * g)"), ("d", "v ** 2 / (2 * friction * g)", "v ** 2 * (2 * friction * g)"), ("d", "v * reaction_time  ", "v / reaction_time  "))
program("water heater", """
\"\"\"How long does it take to heat a tank of water?\"\"\"
specific_heat = 4186      # J/(kg*K)
mass = 150                # kg of water
delta_T = 45              # K
power = 3000              # W
tariff = 0.28             # EUR per kWh

energy = mass * specific_heat * delta_T     # J
time_seconds = energy / power               # s
time_hours = time_seconds / 3600            # h
energy_kwh = energy / 3.6e6                 # kWh
cost = energy_kwh * tariff

print("Energy needed:", round(energy / 1e6, 2), "MJ")
print(f"Heating time: {time_hours:.2f} hours")
print(f"Cost: {cost:.2f} EUR")
""", ("s", "energy / 3.6e6", "energy / 3600"), ("d", "mass * specific_heat * delta_T", "mass * specific_heat / delta_T"), ("d", "energy / power", "energy * power"), ("s", "time_seconds / 3600", "time_seconds / 60"))

MISSED: frozenset[tuple[str, str]] = frozenset((
    ('solar plant economics', 'annual_kwh / price_per_kwh'),
    ('solar plant economics', 'irradiance_kwh_m2_day * efficiency'),
    ('solar plant economics', 'cost_usd * revenue'),
    ('heat conduction', '0.4 * dx / alpha'),
    ('pipe flow', '0.5 * density * velocity'),
    ('beam', 'M = load / length  '),
    ('trip conversions', 'v / (2 * friction * g)'),
    ('trip conversions', 'v ** 2 * (2 * friction * g)'),
))
"""Changes that are not found, by program and new text."""
