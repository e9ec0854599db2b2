"""Programs that are right and whose units look wrong: hidden dimensions, empirical formulae, names used twice, other meanings."""
# fmt: off

SOUND_A: tuple[str, ...] = tuple(s.strip("\n") + "\n" for s in (
'''
def fall_distance(t):
    """Distance fallen in metres after t seconds."""
    return 4.905 * t**2

height = 20.0  # m
t = 2.0        # s
print(f"fell {fall_distance(t):.1f} m of {height} m")
''', '''
# Saturation vapour pressure by the Magnus formula
T = 25.0  # degC
e_s = 6.112 * math.exp(17.62 * T / (243.12 + T))  # hPa
rh = 0.6
e = rh * e_s            # hPa
Td = 243.12 * math.log(e / 6.112) / (17.62 - math.log(e / 6.112))  # degC
''', '''
# wind chill, T in deg C and V in km/h
def wind_chill(T, V):
    return 13.12 + 0.6215 * T - 11.37 * V**0.16 + 0.3965 * T * V**0.16
T = -10.0    # degC
V = 30.0     # km/h
wc = wind_chill(T, V)   # degC
''', '''
def manning(n, area, perimeter, slope):
    """Flow rate (m^3/s). area in m^2, perimeter in m, slope in m/m."""
    R = area / perimeter  # m
    return (1.0 / n) * area * R ** (2.0 / 3.0) * slope ** 0.5
Q = manning(0.013, 1.2, 3.1, 0.002)  # m^3/s
''', '''
# natural units: G = M = 1
G = 1.0
M = 1.0
r = 1.0
v = (G * M / r) ** 0.5   # circular speed
period = 2 * math.pi * r / v
dt = 0.01
x = r
x += v * dt
''', '''
import numpy as np
# reduced Lennard-Jones units, m = 1
x = np.zeros(10)    # positions in units of sigma
v = np.zeros(10)    # velocities
f = np.ones(10)
dt = 0.005          # time step in units of tau
v += f * dt         # m = 1
x += v * dt
''', '''
speed = 20.0            # m/s
speed = speed * 3.6     # km/h
print(f"{speed:.1f} km/h")
time = 7200             # s
time = time / 3600      # h
distance = speed * time # km
''', '''
angle = 30.0   # degrees
angle = math.radians(angle)
v0 = 20.0      # m/s
g = 9.81       # m/s^2
R = v0**2 * math.sin(2 * angle) / g   # m
''', '''
m = 10   # number of rows
n = 20   # number of columns
s = "hello"
for i in range(m):
    for j in range(n):
        s += str(i + j)
total = m + n
print(s, total)
''', '''
ms = [3, 5, 7]        # list of m values
for m in ms:
    print(m, 2 * m + 1)
h = 0.1               # step size
y = 1.0
t = 0.0
while t < 1.0:
    y += h * (-2 * y)
    t += h
''', '''
h = 6.62607015e-34    # J*s
c = 299792458         # m/s
wavelength = 500e-9   # m
E = h * c / wavelength            # J
E_ev = E / 1.602176634e-19        # eV
h = 24                            # hours of exposure
dose = E * h * 3600
''', '''
speed_a = 50.0    # km/h
speed_b = speed_a + 5   # 5 km/h faster
gap = speed_b - speed_a
limit = 1.1 * speed_a   # 10 % over
''', '''
# the loop below needs about 30 s
total = 0
for i in range(10**6):
    total += i   # takes 2 s per million
x = 5  # wait 5 s
total = total + x
''', '''
import time
start = time.time()
run()
elapsed = time.time() - start
print(f"took {elapsed:.2f} s")
print(f"took {elapsed * 1000:.1f} ms")
rate = 1000 / elapsed
print(f"{rate:.0f} items/s")
''', '''
T_c = 25.0                 # Celsius
T_f = T_c * 9 / 5 + 32     # Fahrenheit
T_k = T_c + 273.15         # Kelvin
dT = T_k - 273.15
''', '''
power_dbm = 20.0                      # dBm
loss_db = 3.0                         # dB
received_dbm = power_dbm - loss_db    # dBm
received_mw = 10 ** (received_dbm / 10)   # mW
snr_db = 10 * math.log10(received_mw / 1e-9)
''', '''
pH = 7.4
H = 10 ** (-pH)        # mol/L
pOH = 14 - pH
OH = 10 ** (-pOH)      # mol/L
Kw = H * OH
''', '''
mass = 70.0     # kg
height = 1.75   # m
bmi = mass / height**2
age = 30        # years
bmr = 10 * mass + 6.25 * height * 100 - 5 * age + 5   # kcal/day
''', '''
# random walk: one step per second
x = 0          # m
for step in range(100):
    x += random.choice([-1, 1])    # m
print(f"final position {x} m")
''', '''
def euler(f, y0, t0, t1, n):
    h = (t1 - t0) / n    # step (s)
    t, y = t0, y0
    for _ in range(n):
        y = y + h * f(t, y)
        t = t + h
    return y
''', '''
position = 0.0   # m
velocity = 2.0   # m per step
for _ in range(10):
    position += velocity
print(position, "m")
''', '''
# game loop, positions in pixels, 60 frames per second
x = 100        # px
vx = 3         # px/frame
gravity = 0.5  # px/frame^2
vy = 0         # px/frame
y = 0          # px
for frame in range(60):
    vy += gravity
    x += vx
    y += vy
''', '''
L = 2.0        # m
nx = 100
x = np.linspace(0, L, nx)      # m
u = np.sin(np.pi * x)          # m, initial shape
k = 2 * np.pi                  # rad/m
''', '''
t = np.linspace(0, 10, 1000)   # s
f = 5.0                        # Hz
signal = np.sin(2 * np.pi * f * t)
decay = np.exp(-t)             # with a time constant of 1 s
y = signal * decay             # V
''', '''
# CGS units
c = 2.998e10        # cm/s
m_e = 9.109e-28     # g
e = 4.803e-10       # esu
r_e = e**2 / (m_e * c**2)    # cm
sigma_T = 8 * math.pi / 3 * r_e**2   # cm^2
''', '''
a0 = 0.529e-8       # Bohr radius in cm
ry = 13.6           # eV
n = 2
E_n = -ry / n**2    # eV
alpha = 1 / 137.036
v = alpha * 2.998e10 / n   # cm/s
r = a0 * n**2              # cm
''', '''
kinetic = 1.5          # kinetic energy in k_B T
T = 300                # K
speed_of_sound = 331.3 + 0.606 * (T - 273.15)   # m/s
mach = 200 / speed_of_sound
''', '''
weight_lb = 180.0
weight_kg = weight_lb * 0.453592
height_in = 70
height_m = height_in * 0.0254
bmi = 703 * weight_lb / height_in**2
bmi2 = weight_kg / height_m**2
''', '''
timeout = 30       # seconds
timeout_ms = timeout * 1000
sleep_ms = 250
deadline_s = time.time() + timeout
remaining = deadline_s - time.time() - sleep_ms / 1e3
retries = int(timeout_ms / sleep_ms)
''', '''
memory_mb = 512
memory_bytes = memory_mb * 1024 * 1024
disk_gb = 20
disk_bytes = disk_gb * 10**9
used_kb = memory_bytes // 1024
bandwidth_mbps = 50
bytes_per_second = bandwidth_mbps * 125000
''', '''
class Car:
    def __init__(self):
        self.speed = 0      # km/h
        self.distance = 0   # km
    def drive(self, hours):
        self.distance += self.speed * hours
    def accelerate(self, delta):
        self.speed += delta
''', '''
prices = [100, 101, 103]   # USD
returns = [b / a - 1 for a, b in zip(prices, prices[1:])]
mu = sum(returns) / len(returns)
sigma_annual = 0.2
sigma_daily = sigma_annual / 252**0.5    # per sqrt(day)
S = prices[0]
S *= math.exp(mu + sigma_daily * 1.5)
''', '''
P = 1000.0     # principal, USD
r = 0.05       # annual rate
t = 10         # years
A = P * (1 + r) ** t        # USD
interest = A - P            # USD
monthly = P * (r / 12) / (1 - (1 + r / 12) ** (-12 * t))   # USD per month
''', '''
# Hubble flow
H0 = 70.0            # km/s/Mpc
d = 100.0            # Mpc
v = H0 * d           # km/s
z = v / 299792.458   # dimensionless
age_gyr = 977.8 / H0 # Gyr
''', '''
N0 = 1000      # atoms
half_life = 5  # days
t = 20         # days
N = N0 * 0.5 ** (t / half_life)
lam = math.log(2) / half_life     # 1/day
activity = lam * N                # decays/day
N2 = N0 * math.exp(-lam * t)
''', '''
# Nusselt correlation (Dittus-Boelter)
Re = 50000.0
Pr = 6.9
k = 0.6        # W/(m K)
D = 0.05       # m
Nu = 0.023 * Re**0.8 * Pr**0.4
h = Nu * k / D             # W/(m^2 K)
q = h * (80 - 20)          # W/m^2
''', '''
d = 5.0               # m
d = [d, 2 * d]        # m
v = {}
v["car"] = 10.0       # m/s
v["name"] = "a"
t = d[0] / v["car"]   # s
def f(t):             # t in hours here
    return t * 60     # minutes
''', '''
omega = 2 * math.pi * 50     # rad/s
torque = 12.0                # N m
power = torque * omega       # W
rpm = omega * 60 / (2 * math.pi)
power_hp = power / 745.7
work = power * 10            # J over ten seconds
''', '''
import numpy as np
x = np.array([0.0, 1.0, 2.0])   # m
y = np.array([1.0, 0.5, 0.2])   # kg
slope, intercept = np.polyfit(x, y, 1)
pred = slope * x + intercept    # kg
resid = y - pred                # kg
cost = np.sum(resid**2) + 0.1 * slope**2    # ridge penalty
score = x.max() + 1
''', '''
lap_times = [61.2, 60.8, 62.5]  # seconds
best = min(lap_times)
avg = sum(lap_times) / len(lap_times)
track_km = 5.2
avg_kmh = track_km / (avg / 3600)
margin = max(lap_times) - best    # s
score = avg + 5 * len(lap_times)  # five-second penalty each
pid_output = 0.8 * margin + 0.1 * avg
''',
))
