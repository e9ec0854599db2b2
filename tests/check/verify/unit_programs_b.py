"""A second set of programs that tell their units, with changes of one place; `d` changes a dimension, `s` a scale."""
# fmt: off

PROGRAMS: dict[str, tuple[str, list[tuple[str, str, str]]]] = {}


def program(name: str, source: str, *changes: tuple[str, str, str]) -> None:
    """Add a program; every change must change it."""
    for kind, old, new in changes:
        assert kind in "ds", name
        assert old in source, (name, old)
        assert old != new, (name, old)
    PROGRAMS[name] = (source.lstrip("\n"), list(changes))


program("tank draining", '''
import numpy as np
import matplotlib.pyplot as plt

def drain_tank(h0, tank_radius, hole_radius, dt=0.5):
    """
    Simulate draining of a cylindrical tank (Torricelli's law).

    Args:
        h0: initial water height in m
        tank_radius: radius of the tank in m
        hole_radius: radius of the outlet in m
        dt: time step in s
    """
    g = 9.81  # m/s²
    tank_area = np.pi * tank_radius**2   # m²
    hole_area = np.pi * hole_radius**2   # m²
    h, t = h0, 0.0
    heights = [h]
    times = [t]
    while h > 0.001:
        outflow = hole_area * np.sqrt(2 * g * h)   # m³/s
        h -= outflow / tank_area * dt
        t += dt
        heights.append(h)
        times.append(t)
    return np.array(times), np.array(heights)

times, heights = drain_tank(1.5, 0.4, 0.01)
print(f"Tank empties in {times[-1] / 60:.1f} min")
''', ("d", "np.sqrt(2 * g * h)", "(2 * g * h)"), ("d", "outflow / tank_area * dt", "outflow * dt"), ("d", "hole_area = np.pi * hole_radius**2 ", "hole_area = np.pi * hole_radius "), ("d", "outflow / tank_area * dt", "outflow / tank_area"))
program("orbit two body", '''
import numpy as np

# Constants
G = 6.67430e-11          # m^3 / (kg s^2)
M_sun = 1.989e30         # kg
AU = 1.496e11            # m
year = 3.156e7           # s

# Initial conditions
pos = np.array([AU, 0.0])          # m
vel = np.array([0.0, 29780.0])     # m/s
dt = 3600.0                        # s

def acceleration(pos):
    r = np.linalg.norm(pos)
    return -G * M_sun * pos / r**3

acc = acceleration(pos)            # m/s^2
trajectory = []
for step in range(int(year / dt)):
    vel_half = vel + 0.5 * acc * dt
    pos = pos + vel_half * dt
    acc = acceleration(pos)
    vel = vel_half + 0.5 * acc * dt
    trajectory.append(pos.copy())

speed = np.linalg.norm(vel)        # m/s
distance = np.linalg.norm(pos)     # m
specific_energy = 0.5 * speed**2 - G * M_sun / distance   # J/kg
angular_momentum = pos[0] * vel[1] - pos[1] * vel[0]      # m^2/s
''', ("d", "vel + 0.5 * acc * dt\n    pos", "vel + 0.5 * acc\n    pos"), ("d", "pos + vel_half * dt", "pos + vel_half / dt"), ("d", "G * M_sun / distance ", "G * M_sun / distance**2 "), ("d", "0.5 * speed**2 - G", "0.5 * speed - G"))
program("network budget", """
# Estimate page load time
page_size_kb = 2400
rtt_ms = 80
bandwidth_mbps = 25
num_round_trips = 6
server_time_ms = 150

page_size_bits = page_size_kb * 1000 * 8
transfer_time_s = page_size_bits / (bandwidth_mbps * 1_000_000)
transfer_time_ms = transfer_time_s * 1000
latency_ms = num_round_trips * rtt_ms
total_ms = latency_ms + server_time_ms + transfer_time_ms
total_s = total_ms / 1000

print(f"Transfer: {transfer_time_ms:.0f} ms")
print(f"Total page load: {total_s:.2f} s")
""", ("s", "page_size_kb * 1000 * 8", "page_size_kb * 1000"), ("s", "transfer_time_s * 1000", "transfer_time_s / 1000"), ("s", "server_time_ms + transfer_time_ms", "server_time_ms + transfer_time_s"), ("s", "total_s = total_ms / 1000", "total_s = total_ms / 60"))
program("rate limiter", '''
import time
from collections import deque


class RateLimiter:
    """Sliding window limiter.

    Args:
        max_requests: allowed number of requests
        window_ms: window length in milliseconds
    """

    def __init__(self, max_requests: int, window_ms: int):
        self.max_requests = max_requests
        self.window_ms = window_ms
        self.calls = deque()

    def allow(self) -> bool:
        now_ms = time.time() * 1000
        cutoff_ms = now_ms - self.window_ms
        while self.calls and self.calls[0] < cutoff_ms:
            self.calls.popleft()
        if len(self.calls) < self.max_requests:
            self.calls.append(now_ms)
            return True
        return False

    def wait(self, poll_interval_ms: int = 50) -> None:
        deadline_s = time.time() + self.window_ms / 1000
        while time.time() < deadline_s:
            if self.allow():
                return
            time.sleep(poll_interval_ms / 1000)
''', ("s", "time.time() * 1000", "time.time()"), ("s", "time.time() + self.window_ms / 1000", "time.time() + self.window_ms"), ("s", "time.sleep(poll_interval_ms / 1000)", "time.sleep(poll_interval_ms)"), ("s", "now_ms - self.window_ms", "now_ms - self.window_ms / 1000"))
program("heat exchanger", '''
import math

def lmtd(t_hot_in, t_hot_out, t_cold_in, t_cold_out):
    """Log-mean temperature difference (K) for counter-current flow; temperatures in K."""
    dt1 = t_hot_in - t_cold_out    # K
    dt2 = t_hot_out - t_cold_in    # K
    return (dt1 - dt2) / math.log(dt1 / dt2)

m_hot = 1.2        # kg/s, hot stream
cp_hot = 4180.0    # J/(kg K)
U = 850.0          # overall heat transfer coefficient, W/(m^2 K)

duty = m_hot * cp_hot * (363.0 - 323.0)     # W
dT_lm = lmtd(363.0, 323.0, 293.0, 318.0)    # K
area = duty / (U * dT_lm)                   # m^2
tube_diameter = 0.025                       # m
tube_length = 3.0                           # m
n_tubes = area / (math.pi * tube_diameter * tube_length)
print(f"Duty: {duty / 1000:.1f} kW, area: {area:.2f} m^2, tubes: {math.ceil(n_tubes)}")
''', ("d", "duty / (U * dT_lm)", "duty * U / dT_lm"), ("d", "m_hot * cp_hot * (363.0 - 323.0)", "cp_hot * (363.0 - 323.0)"), ("s", "duty / 1000:.1f} kW", "duty / 100:.1f} kW"), ("d", "(dt1 - dt2) / math.log(dt1 / dt2)", "(dt1 - dt2) / math.log(dt1 * dt2)"))
program("lc oscillator", """
import numpy as np
L = 1e-3    # inductance in H
C = 1e-6    # capacitance in F
R = 2.0     # resistance in ohm
dt = 1e-7   # time step in s
n_steps = 20000

q = 1e-6    # charge on the capacitor in C
i = 0.0     # current in A
energies = np.empty(n_steps)   # J
for k in range(n_steps):
    di_dt = -(q / C + R * i) / L
    i += di_dt * dt
    q += i * dt
    energies[k] = 0.5 * L * i**2 + 0.5 * q**2 / C

f0 = 1 / (2 * np.pi * np.sqrt(L * C))   # Hz
Q = np.sqrt(L / C) / R                  # dimensionless
print(f"resonance at {f0 / 1e3:.2f} kHz, quality factor {Q:.1f}")
""", ("d", "q / C + R * i", "q * C + R * i"), ("d", "q += i * dt", "q += i"), ("d", "0.5 * q**2 / C", "0.5 * q / C"), ("d", "np.sqrt(L * C))", "np.sqrt(L / C))"))
program("pharmacokinetics ode", '''
import numpy as np
from scipy.integrate import odeint

CL = 5.0      # clearance [L/h]
V = 40.0      # volume of distribution [L]
ka = 1.2      # absorption rate constant [1/h]
dose = 250.0  # [mg]

ke = CL / V   # elimination rate [1/h]

def model(y, t):
    gut, central = y
    dgut = -ka * gut
    dcentral = ka * gut - ke * central
    return [dgut, dcentral]

t = np.linspace(0, 24, 200)                 # [h]
sol = odeint(model, [dose, 0.0], t)
conc = sol[:, 1] / V                        # [mg/L]
auc = np.trapz(conc, t)                     # [mg*h/L]
t_half = np.log(2) / ke                     # [h]
cl_check = dose / auc                       # [L/h]
print(f"half-life {t_half * 60:.0f} min")
''', ("d", "ke = CL / V", "ke = CL * V"), ("d", "auc = np.trapz(conc, t)", "auc = np.sum(conc)"), ("d", "np.log(2) / ke", "np.log(2) * ke"), ("s", "t_half * 60:.0f} min", "t_half / 60:.0f} min"))
program("wind turbine", '''
from math import pi


def turbine_power(wind_speed, rotor_diameter, air_density=1.225, power_coefficient=0.42):
    """Electrical power of a wind turbine.

    Parameters
    ----------
    wind_speed : float
        Wind speed at hub height [m/s].
    rotor_diameter : float
        Rotor diameter [m].
    air_density : float
        Air density [kg/m^3].
    power_coefficient : float
        Power coefficient [dimensionless].

    Returns
    -------
    float
        Power [W].
    """
    swept_area = pi * (rotor_diameter / 2) ** 2
    return 0.5 * air_density * swept_area * wind_speed ** 3 * power_coefficient


def daily_energy_kwh(power_w):
    hours = 24
    energy_wh = power_w * hours
    return energy_wh / 1000


p = turbine_power(8.0, 90.0)
power_kw = p / 1000
print(f"{power_kw:.0f} kW")
''', ("d", "wind_speed ** 3", "wind_speed ** 2"), ("d", "(rotor_diameter / 2) ** 2", "(rotor_diameter / 2)"), ("s", "energy_wh / 1000", "energy_wh * 1000"), ("s", "power_kw = p / 1000", "power_kw = p / 100"))
program("stokes settling", """
# Terminal velocity of a settling particle
rho_p = 2650.0     # particle density [kg/m3]
rho_f = 998.0      # fluid density [kg/m3]
d = 50e-6          # particle diameter [m]
mu = 1.0e-3        # viscosity [Pa s]
g = 9.81           # gravity [m/s2]
depth = 2.0        # settling depth [m]

v = (rho_p - rho_f) * g * d**2 / (18 * mu)    # [m/s]
re = rho_f * v * d / mu                       # [dimensionless]
settling_time = depth / v                     # [s]
v_mm_s = v * 1000
print("settling velocity:", v, "m/s")
print("time:", settling_time / 60, "min")
""", ("d", "g * d**2 / (18 * mu)", "g * d / (18 * mu)"), ("d", "rho_f * v * d / mu ", "rho_f * v / mu "), ("d", "depth / v ", "depth * v "), ("s", "settling_time / 60, \"min\"", "settling_time / 3600, \"min\""))
program("photon counting", '''
h = 6.62607015e-34   # Planck constant (J s)
c = 2.99792458e8     # speed of light (m/s)

def photon_energy(wavelength_nm):
    """Photon energy in J."""
    wavelength_m = wavelength_nm * 1e-9
    return h * c / wavelength_m

def photon_rate(power_mw_laser, wavelength_nm):
    """Photons per second of a laser."""
    power_watts = power_mw_laser / 1000
    return power_watts / photon_energy(wavelength_nm)

def photon_momentum(wavelength_nm):
    wavelength_m = wavelength_nm / 1e9
    p = h / wavelength_m    # kg m/s
    return p

E = photon_energy(532)      # J
E_eV = E / 1.602176634e-19  # eV
nu = E / h                  # Hz
''', ("s", "wavelength_nm * 1e-9", "wavelength_nm * 1e-6"), ("d", "h * c / wavelength_m", "h * c * wavelength_m"), ("d", "p = h / wavelength_m ", "p = h * wavelength_m "), ("d", "nu = E / h ", "nu = E * h "))
program("fitness tracker", '''
def pace_report(distance_km, duration_min, weight_kg):
    """Summarise a run.

    distance_km -- distance in kilometres
    duration_min -- duration in minutes
    weight_kg -- body weight in kilograms
    """
    hours = duration_min / 60
    speed_kmh = distance_km / hours
    speed_mps = speed_kmh / 3.6
    distance_m = distance_km * 1000
    seconds = duration_min * 60
    speed_check_mps = distance_m / seconds
    kinetic_j = 0.5 * weight_kg * speed_mps ** 2
    return speed_kmh, speed_mps, kinetic_j

speed_kmh, speed_mps, ke = pace_report(10, 52, 70)
print(f"Average speed: {speed_kmh:.1f} km/h ({speed_mps:.2f} m/s)")
''', ("s", "hours = duration_min / 60", "hours = duration_min * 60"), ("s", "speed_kmh / 3.6", "speed_kmh * 3.6"), ("d", "distance_m / seconds", "distance_m * seconds"), ("s", "distance_km * 1000", "distance_km * 100"))
program("thermal rc house", """
# Simple thermal model of a room
C_room = 5.0e6       # heat capacity, J/K
UA = 150.0           # heat loss coefficient, W/K
T_out = 273.0        # outdoor temperature, K
T = 293.0            # indoor temperature, K
P_heater = 2000.0    # heater power, W
dt = 60.0            # s
energy = 0.0         # J

for minute in range(24 * 60):
    loss = UA * (T - T_out)              # W
    heating = P_heater if T < 294.0 else 0.0
    T += (heating - loss) / C_room * dt
    energy += heating * dt

time_constant = C_room / UA              # s
print(f"time constant: {time_constant / 3600:.1f} h")
print(f"energy used: {energy / 3.6e6:.1f} kWh")
""", ("d", "(heating - loss) / C_room * dt", "(heating - loss) / C_room"), ("d", "energy += heating * dt", "energy += heating"), ("d", "C_room / UA ", "C_room * UA "), ("s", "energy / 3.6e6:.1f} kWh", "energy / 3600:.1f} kWh"))

MISSED: frozenset[tuple[str, str]] = frozenset((
    ('rate limiter', 'now_ms - self.window_ms / 1000'),
    ('heat exchanger', 'cp_hot * (363.0 - 323.0)'),
))
"""Changes that are not found, by program and new text."""
