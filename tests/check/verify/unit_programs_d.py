"""A fourth set: units told of globals and dictionaries that functions are called with; `d` changes a dimension, `s` a scale."""
# fmt: off

PROGRAMS: dict[str, tuple[str, list[tuple[str, str, str]]]] = {}


def program(name: str, source: str, *changes: tuple[str, str, str]) -> None:
    """Add a program; every change must change it."""
    for kind, old, new in changes:
        assert kind in "ds", name
        assert old in source, (name, old)
        assert old != new, (name, old)
    PROGRAMS[name] = (source.lstrip("\n"), list(changes))


program("verlet functions", """
import numpy as np

m = 1.0       # kg
k = 10.0      # N/m
dt = 0.01     # s
x0 = 0.2      # m
v0 = 0.0      # m/s

def force(x):
    return -k * x

def verlet_step(x, v, dt):
    a = force(x) / m
    x_new = x + v * dt + 0.5 * a * dt**2
    a_new = force(x_new) / m
    v_new = v + 0.5 * (a + a_new) * dt
    return x_new, v_new

def total_energy(x, v):
    return 0.5 * m * v**2 + 0.5 * k * x**2

x, v = x0, v0
for _ in range(1000):
    x, v = verlet_step(x, v, dt)
E0 = total_energy(x0, v0)   # J
E1 = total_energy(x, v)     # J
print(f"energy drift: {E1 - E0:.2e} J")
""", ("d", "0.5 * a * dt**2", "0.5 * a * dt"), ("d", "0.5 * m * v**2 +", "0.5 * m * v +"), ("d", "0.5 * k * x**2", "0.5 * k * x"), ("d", "0.5 * (a + a_new) * dt", "0.5 * (a + a_new)"))
program("parameter dict", """
import math

params = {
    "length": 1.2,      # m
    "mass": 0.5,        # kg
    "g": 9.81,          # m/s^2
    "damping": 0.05,    # kg/s
}

theta = 0.3     # rad
omega = 0.0     # rad/s
dt = 0.005      # s

def angular_acceleration(theta, omega):
    return -params["g"] / params["length"] * math.sin(theta) - params["damping"] / params["mass"] * omega

for _ in range(2000):
    alpha = angular_acceleration(theta, omega)   # rad/s^2
    omega += alpha * dt
    theta += omega * dt

speed = params["length"] * omega                                  # m/s
energy = 0.5 * params["mass"] * speed**2                          # J
potential = params["mass"] * params["g"] * params["length"] * (1 - math.cos(theta))   # J
print(f"E = {energy + potential:.4f} J")
""", ("d", 'speed = params["length"] * omega ', 'speed = params["length"] / omega '), ("d", "omega += alpha * dt", "omega += alpha"), ("d", 'params["mass"] * params["g"] * params["length"]', 'params["mass"] * params["length"]'), ("d", 'params["damping"] / params["mass"] * omega', 'params["damping"] * params["mass"] * omega'))
program("sedan braking", """
def stopping_distance(v, mu, g):
    return v**2 / (2 * mu * g)

def braking_time(v, mu, g):
    return v / (mu * g)

speed_kmh = 90.0
speed = speed_kmh / 3.6     # m/s
friction = 0.7              # dimensionless
gravity = 9.81              # m/s^2
reaction_time = 1.2         # s

d_brake = stopping_distance(speed, friction, gravity)    # m
t_brake = braking_time(speed, friction, gravity)         # s
d_total = speed * reaction_time + d_brake                # m
t_total = reaction_time + t_brake                        # s
print(f"stopping distance {d_total:.1f} m in {t_total:.1f} s")
""", ("d", "return v**2 / (2 * mu * g)", "return v / (2 * mu * g)"), ("d", "return v / (mu * g)", "return v * mu * g"), ("d", "speed * reaction_time + d_brake", "speed / reaction_time + d_brake"), ("s", "speed_kmh / 3.6", "speed_kmh * 3.6"))
program("tank mixing", """
volume = 200.0        # L
flow = 5.0            # L/min
c_in = 3.0            # g/L
c = 0.0               # g/L
dt = 0.1              # min

def dcdt(c, c_in, flow, volume):
    return flow * (c_in - c) / volume

t = 0.0               # min
salt_added = 0.0      # g
while t < 60:
    c += dcdt(c, c_in, flow, volume) * dt
    salt_added += flow * c_in * dt
    t += dt

salt_in_tank = c * volume         # g
residence = volume / flow         # min
print(f"{salt_in_tank:.0f} g in the tank after {t:.0f} min, residence time {residence:.0f} min")
""", ("d", "flow * (c_in - c) / volume", "(c_in - c) / volume"), ("d", "flow * c_in * dt", "flow * c_in"), ("d", "volume / flow ", "volume * flow "), ("d", "c * volume ", "c / volume "))
program("class with setters", '''
class Capacitor:
    def __init__(self, capacitance, resistance):
        self.capacitance = capacitance    # F
        self.resistance = resistance      # ohm
        self.charge = 0.0                 # C

    def voltage(self):
        """Voltage in V."""
        return self.charge / self.capacitance

    def energy(self):
        """Stored energy in J."""
        return 0.5 * self.charge ** 2 / self.capacitance

    def step(self, source, dt):
        """Charge from a source voltage (V) for dt seconds."""
        current = (source - self.charge / self.capacitance) / self.resistance   # A
        self.charge += current * dt

    def time_constant(self):
        """Time constant in s."""
        return self.resistance * self.capacitance


cap = Capacitor(1e-6, 1e3)
for _ in range(100):
    cap.step(5.0, 1e-5)
print(f"{cap.voltage():.2f} V, {cap.energy() * 1e6:.2f} uJ, tau = {cap.time_constant() * 1e3:.2f} ms")
''', ("d", "return self.charge / self.capacitance", "return self.charge * self.capacitance"), ("d", "self.charge += current * dt", "self.charge += current / dt"), ("d", "0.5 * self.charge ** 2 / self.capacitance", "0.5 * self.charge / self.capacitance"), ("d", "return self.resistance * self.capacitance", "return self.resistance / self.capacitance"))
program("job queue", '''
import argparse
import time


def run(job, *, poll_ms, max_wait_s):
    started = time.perf_counter()
    deadline = started + max_wait_s
    while not job.done():
        if time.perf_counter() > deadline:
            return None
        time.sleep(poll_ms / 1000)
    duration = time.perf_counter() - started
    return duration * 1000   # ms


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--poll-ms", type=int, default=100)
    args = parser.parse_args()
    took_ms = run(make_job(), poll_ms=args.poll_ms, max_wait_s=60)
    took_s = took_ms / 1000
    per_minute = 60 / took_s
    print(f"took {took_ms:.0f} ms, {per_minute:.1f} jobs per minute")
''', ("s", "time.sleep(poll_ms / 1000)", "time.sleep(poll_ms)"), ("s", "return duration * 1000 ", "return duration / 1000 "), ("s", "took_s = took_ms / 1000", "took_s = took_ms * 1000"), ("s", "started + max_wait_s", "started + max_wait_s * 1000"))

MISSED: frozenset[tuple[str, str]] = frozenset((
    ('verlet functions', '0.5 * a * dt'),
    ('verlet functions', '0.5 * (a + a_new)'),
    ('job queue', 'took_s = took_ms * 1000'),
    ('job queue', 'started + max_wait_s * 1000'),
))
"""Changes that are not found, by program and new text."""
