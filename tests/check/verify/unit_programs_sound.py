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

SOUND_B: tuple[str, ...] = tuple(s.strip("\n") + "\n" for s in (
'''
# Antoine equation for water, T in deg C, result in mmHg
A, B, C = 8.07131, 1730.63, 233.426
T = 80.0                             # °C
p_mmhg = 10 ** (A - B / (C + T))     # mmHg
p_pa = p_mmhg * 133.322              # Pa
''', '''
def stopping_sight(speed_kmh, grade=0.0):
    """Stopping sight distance in m (AASHTO), speed in km/h."""
    a = 3.4
    return 0.278 * speed_kmh * 2.5 + 0.039 * speed_kmh**2 / a
d = stopping_sight(90)     # m
''', '''
# Moving average over a window of 5 s sampled at 10 Hz
fs = 10          # Hz
window = 5       # s
n = fs * window
signal = load()
smooth = sum(signal[-n:]) / n
lag = n / 2      # samples
''', '''
import datetime as dt
start = dt.datetime.now()
seconds = (dt.datetime.now() - start).total_seconds()
hours, rem = divmod(seconds, 3600)
minutes, seconds = divmod(rem, 60)
print(f"{hours:.0f} h {minutes:.0f} min {seconds:.0f} s")
''', '''
# leapfrog in units of kpc, km/s and Gyr
pos = 8.0       # kpc
vel = 220.0     # km/s
dt = 0.001      # Gyr
KMS_TO_KPC_PER_GYR = 1.0227
pos += vel * KMS_TO_KPC_PER_GYR * dt
''', '''
rent = 900          # USD
food = 400          # USD
months = 12
total = (rent + food) * months      # USD
hourly = total / (52 * 40)          # USD per hour
savings_rate = 0.2
saved = total * savings_rate        # USD
days = 365
per_day = total / days              # USD
''', '''
class Ball:
    def __init__(self, x, vx):
        self.x = x        # m
        self.vx = vx      # m/s
        self.radius = 0.1 # m
    def bounce(self, width):
        if self.x - self.radius < 0 or self.x + self.radius > width:
            self.vx = -self.vx * 0.9
    def move(self):
        self.x += self.vx / 60   # 60 frames per second
''', '''
voltage = 5.0        # V
reading = 512        # ADC counts
temp_c = (reading * voltage / 1024 - 0.5) * 100   # deg C, TMP36 sensor
temp_f = temp_c * 9 / 5 + 32
''', '''
# Engineering rule: flow in gpm, pressure in psi
q = 100.0                 # gpm
cv = 25.0
dp = (q / cv) ** 2        # psi
hp = q * dp / 1714        # hp
''', '''
import numpy as np
x = np.linspace(0, 10, 50)             # m
noise = np.random.normal(0, 0.1, 50)
y = 2.0 * x + 1.0 + noise              # V
a, b = np.polyfit(x, y, 1)
y_fit = a * x + b                      # V
rms = np.sqrt(np.mean((y - y_fit)**2)) # V
z = (x - x.mean()) / x.std()
combined = z + (y - y.mean()) / y.std()
''', '''
mass_kg = 80
height_cm = 180
age_years = 35
bmr_kcal = 10 * mass_kg + 6.25 * height_cm - 5 * age_years + 5
bsa_m2 = 0.007184 * mass_kg**0.425 * height_cm**0.725
dose_mg = 1.5 * mass_kg
volume_ml = dose_mg / 10
''', '''
def simulate(n_days):
    stock_kg = 100.0
    usage_kg = 4.0
    for day in range(n_days):
        stock_kg -= usage_kg
        if stock_kg < 20:
            stock_kg += 80
    return stock_kg
''', '''
c = 1.0          # speed of light in natural units
m = 0.511        # MeV
p = 1.2          # MeV
E = (p**2 + m**2) ** 0.5    # MeV
beta = p / E
gamma = E / m
T = E - m        # kinetic energy, MeV
''', '''
tau = 5.0                      # s
t = 0.0
level = 1.0
decay_per_tick = 0.05
while level > 0.1:
    level -= decay_per_tick
    t += 1                     # one tick is 1 s
print(f"done after {t} s, {t / tau:.1f} time constants")
''', '''
import time
t0 = time.perf_counter()
result = work()
t1 = time.perf_counter()
avg_us = (t1 - t0) / 1000 * 1e6      # per call, 1000 calls
ops_per_second = 1000 / (t1 - t0)
total_ms = (t1 - t0) * 1e3
print(f"{avg_us:.1f} us per call, {total_ms:.0f} ms in all")
''', '''
length = 10.0     # m
width = 4.0       # m
area = length * width            # m^2
area_ft2 = area * 10.764
paint_l = area / 12              # 12 m^2 per litre
cost = paint_l * 8.5             # USD
perimeter = 2 * (length + width) # m
tiles = area / (0.3 * 0.3)
''', '''
lat1, lon1 = 52.5, 13.4   # degrees
lat2, lon2 = 48.1, 11.6   # degrees
R = 6371                  # km
phi1, phi2 = math.radians(lat1), math.radians(lat2)
dphi = phi2 - phi1
dl = math.radians(lon2 - lon1)
a = math.sin(dphi / 2)**2 + math.cos(phi1) * math.cos(phi2) * math.sin(dl / 2)**2
d = 2 * R * math.asin(math.sqrt(a))     # km
''', '''
distances = {"berlin": 584, "hamburg": 775}     # km
speed_kmh = 110
for city, km in distances.items():
    hours = km / speed_kmh
    minutes = hours * 60
    print(f"{city}: {int(hours)} h {minutes % 60:.0f} min")
m = max(distances.values())
s = sum(distances.values())
''', '''
# Sample code: Kalman filter, one update per second
x = 0.0      # position, m
v = 1.0      # velocity, m/s
P = 1.0
K = 0.3      # gain
for z in measurements:
    x = x + v            # dt = 1 s
    residual = z - x     # m
    x = x + K * residual
    v = v + 0.1 * residual
''', '''
sigma = 5.67e-8        # W m^-2 K^-4
S0 = 1361              # W/m^2
albedo = 0.3
T_eq = (S0 * (1 - albedo) / (4 * sigma)) ** 0.25   # K
lapse = 6.5            # K/km
T_top = T_eq - lapse * 5     # at 5 km
ppm = 420              # CO2
forcing = 5.35 * math.log(ppm / 280)   # W/m^2
warming = 0.8 * forcing      # K
''',
))

SOUND_C: tuple[str, ...] = tuple(s.strip("\n") + "\n" for s in (
'''
# quick look at a free fall: y = 5 t^2 with g = 10
t = 3.0          # s
y = 5 * t**2     # m
v = 10 * t       # m/s
''', '''
def fuel_cost(distance_km, l_per_100km, price_per_l):
    litres = distance_km * l_per_100km / 100
    return litres * price_per_l
cost = fuel_cost(350, 6.2, 1.8)     # EUR
co2_kg = 350 * 0.12
''', '''
mean_latency_ms = 12.0
p99_ms = 3 * mean_latency_ms
jitter_ms = p99_ms - mean_latency_ms
timeout_s = max(1, 10 * p99_ms / 1000)
attempts = 3
worst_ms = attempts * timeout_s * 1000 + (attempts - 1) * 250
''', '''
class Sensor:
    gain = 0.02       # V per degC
    offset = 0.4      # V
    def celsius(self, volts):
        return (volts - self.offset) / self.gain
''', '''
# PID with gains tuned by hand
setpoint = 50.0      # degC
temp = 20.0          # degC
error = setpoint - temp
integral = 0.0
integral += error
output = 2.0 * error + 0.1 * integral   # percent
''', '''
x = [0.0]      # m
t = [0.0]      # s
for i in range(10):
    t.append(t[-1] + 0.1)
    x.append(0.5 * 9.81 * t[-1] ** 2)
table = list(zip(t, x))
''', '''
import numpy as np
T = np.linspace(250, 350, 11)     # K
cp = 1000 + 0.1 * (T - 300) + 2e-4 * (T - 300)**2     # J/(kg K)
h = np.trapz(cp, T)               # J/kg
''', '''
length_ft = 12
length_in = length_ft * 12
feet, inches = divmod(length_in, 12)
length_cm = length_in * 2.54
area_sqft = length_ft * 8
''', '''
def dose_rate(activity, distance):
    """Dose rate in mSv/h; activity in GBq, distance in m."""
    gamma = 0.35
    return gamma * activity / distance**2
''', '''
n = 1.5       # mol
R = 0.08206   # L atm / (mol K)
T = 300.0     # K
V = 10.0      # L
P = n * R * T / V            # atm
P_pa = P * 101325            # Pa
work_j = P * (V - 5.0) * 101.325   # J
''', '''
energy = 5.0          # MeV
mass = 938.272        # MeV/c^2
momentum = (2 * mass * energy) ** 0.5    # MeV/c
wavelength_fm = 1239.84 / momentum
velocity = momentum / mass               # in units of c
''', '''
steps = 10_000
stride_m = 0.75
distance_m = steps * stride_m
distance_km = distance_m / 1000
kcal = 0.04 * steps
minutes = steps / 100
speed_kmh = distance_km / (minutes / 60)
''', '''
a = 9.81      # m/s^2
v = 0.0       # m/s
def kick(v, a, dt):
    return v + a * dt
v = kick(v, a, 0.1)
w = kick(3.0, 2.0, 0.5)    # rad/s
''', '''
hours = [8, 7.5, 9]
rate = 40           # USD per hour
pay = sum(hours) * rate
overtime = max(0, sum(hours) - 24) * rate * 1.5
total = pay + overtime          # USD
''', '''
q = 3.0         # heat flux, W/m^2
dT = 10.0       # K
thickness = 0.1 # m
k = q * thickness / dT     # W/(m K)
rsi = thickness / k        # m^2 K/W
r_us = rsi * 5.678         # ft^2 F h/BTU
u_value = 1 / (0.13 + rsi + 0.04)    # W/(m^2 K)
''',
))
