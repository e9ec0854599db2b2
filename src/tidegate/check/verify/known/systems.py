# ruff: noqa: E501  (a table of laws reads best one row a line)
"""Named systems of differential equations: the words that call for one, and each rate with its legal forms.

Sources: Strogatz, Nonlinear Dynamics and Chaos; Murray, Mathematical Biology; Goldstein, Classical Mechanics; Gerstner and Kistler,
Spiking Neuron Models; Gibaldi and Perrier, Pharmacokinetics.
"""

from __future__ import annotations

import msgspec

from tidegate.check.verify.known.matching import Form, forms
from tidegate.check.verify.known.spellings import spellings
from tidegate.check.verify.known.words import Words


class System(msgspec.Struct, frozen=True, kw_only=True):
    """One named system; `equations` by state, each with its legal forms; `ordered` where states may be told by their place."""

    name: str
    words: Words
    but: Words | None
    equations: dict[str, tuple[Form, ...]]
    spellings: dict[str, frozenset[str]]
    ordered: bool


def system(name: str, words: str, equations: str, own: str = "", but: str = "", ordered: bool = True) -> System:
    """A row of the table: equations as `x' = y | y/m; y' = …`."""
    rates = {}
    for part in equations.split(";"):
        state, _, right = part.partition("' = ")
        rates[state.strip()] = forms(right)
    return System(
        name=name,
        words=Words(words),
        but=Words(but) if but else None,
        equations=rates,
        spellings=spellings(own),
        ordered=ordered,
    )


BETA = "beta: beta b infection_rate transmission_rate contact_rate"
GAMMA = "gamma: gamma g recovery_rate"
SICK = f"{BETA}; {GAMMA}; sigma: sigma incubation_rate alpha a; mu: mu birth_rate death_rate; S: S susceptible sus s; I: I infected infectious inf i; Rec: R recovered removed rec r; E: E exposed e; omega: omega xi delta waning waning_rate; D: D dead deaths; mud: mu mortality death_rate delta"
POPULATION = r"random|rng|gillespie|spatial|delay|stochast|noise"
NO_DRAG = r"(?:no|without|neglect\w*|ignor\w*) (?:any )?(?:air|drag|friction)"
SEPARATE = r"driven|drive|forc(?:ed|ing)|random|rng|noise|langevin"

SYSTEMS: tuple[System, ...] = (
    # epidemics
    system("the SIR model", r"\bsir\b|kermack|susceptible", "S' = -beta*S*I/N | -beta*S*I | -beta*S*I/(S + I + Rec); I' = beta*S*I/N - gamma*I | beta*S*I - gamma*I | beta*S*I/(S + I + Rec) - gamma*I; Rec' = gamma*I", SICK, r"seir|\bsis\b|sirs|sird|vital|birth|vaccin|waning|quarantin|mortality|exposed|demograph|season|" + POPULATION),
    system("the SIR model with births and deaths", r"\bsir\b && vital|birth|demograph", "S' = mu*N - beta*S*I/N - mu*S | mu - beta*S*I - mu*S; I' = beta*S*I/N - gamma*I - mu*I | beta*S*I - gamma*I - mu*I; Rec' = gamma*I - mu*Rec", SICK, r"seir|vaccin|waning|" + POPULATION),
    system("the SIRS model", r"\bsirs\b|waning", "S' = -beta*S*I/N + omega*Rec | -beta*S*I + omega*Rec; I' = beta*S*I/N - gamma*I | beta*S*I - gamma*I; Rec' = gamma*I - omega*Rec", SICK, r"seir|vaccin|birth|vital|" + POPULATION),
    system("the SEIR model", r"\bseir\b|exposed", "S' = -beta*S*I/N | -beta*S*I | -beta*S*I/(S + E + I + Rec); E' = beta*S*I/N - sigma*E | beta*S*I - sigma*E | beta*S*I/(S + E + I + Rec) - sigma*E; I' = sigma*E - gamma*I; Rec' = gamma*I", SICK, r"seirs|seird|vital|birth|vaccin|waning|quarantin|mortality|" + POPULATION),
    system("the SIS model", r"\bsis\b", "S' = -beta*S*I/N + gamma*I | -beta*S*I + gamma*I; I' = beta*S*I/N - gamma*I | beta*S*I - gamma*I | beta*I*(1 - I) - gamma*I | beta*I*(N - I)/N - gamma*I", SICK, POPULATION),
    system("the SIRD model", r"\bsird\b", "S' = -beta*S*I/N | -beta*S*I; I' = beta*S*I/N - gamma*I - mud*I | beta*S*I - gamma*I - mud*I; Rec' = gamma*I; D' = mud*I", SICK, POPULATION),
    # populations
    system("the Lotka-Volterra equations", r"lotka|predator|prey", "x' = a*x - b*x*y; y' = d*x*y - c*y | d*b*x*y - c*y", "x: prey x rabbits hares u h rabbit hare n_prey; y: predator predators y foxes lynx v wolves p pred fox; a: alpha a r growth; b: beta b; c: gamma c delta d m; d: delta d gamma c e", r"carrying|logistic|holling|functional response|competit|handling|satura|harvest|refuge|" + POPULATION),
    system("predator and prey with a carrying capacity", r"lotka|predator|prey && carrying|logistic", "x' = a*x*(1 - x/K) - b*x*y; y' = d*x*y - c*y | d*b*x*y - c*y", "x: prey x rabbits hares u h n; y: predator predators y foxes lynx v wolves p; a: alpha a r; b: beta b; c: gamma c delta d m; d: delta d gamma c e; K: K carrying_capacity", r"competit|holling|handling|satura|rosenzweig|functional|harvest|" + POPULATION),
    system("the Rosenzweig-MacArthur model", r"rosenzweig|holling|functional response|handling", "x' = r*x*(1 - x/K) - a*x*y/(1 + a*h*x) | r*x*(1 - x/K) - a*x*y/(x + h); y' = e*a*x*y/(1 + a*h*x) - m*y | e*a*x*y/(x + h) - m*y", "x: prey x n; y: predator predators y p; r: r; K: K; a: a attack_rate c; h: h handling_time b d; e: e conversion eff; m: m mortality d death_rate", POPULATION),
    system("Lotka-Volterra competition", r"compet", "x' = r1*x*(1 - (x + a12*y)/K1); y' = r2*y*(1 - (y + a21*x)/K2)", "x: n1 x x1 n_1 species1 u; y: n2 y x2 n_2 species2 v; r1: r1; r2: r2; K1: k1 k; K2: k2 k; a12: a12 alpha12 alpha a alpha_12; a21: a21 alpha21 beta b alpha_21", POPULATION + "|inhibit"),
    system("logistic growth", r"logistic", "P' = r*P*(1 - P/K)", "P: p n population pop x y; r: r growth_rate rate; K: K carrying_capacity capacity", r"\bmap\b|lotka|allee|harvest|compet|regress|prey|fish|fisher|diffus|" + POPULATION),
    system("Gompertz growth", r"gompertz", "P' = r*P*log(K/P) | -r*P*log(P/K)", "P: p n population pop x y v tumor volume; r: r growth_rate rate a alpha; K: K carrying_capacity capacity", POPULATION + "|therapy|drug|treat"),
    system("logistic growth with harvest", r"harvest", "P' = r*P*(1 - P/K) - H | r*P*(1 - P/K) - q*E*P | r*P*(1 - P/K) - h*P", "P: p n population pop x y b biomass fish stock; r: r growth_rate rate; K: K carrying_capacity capacity; H: h harvest harvest_rate quota; h: h harvest_rate; q: q catchability; E: e effort", POPULATION),
    system("growth with an Allee effect", r"allee", "P' = r*P*(1 - P/K)*(P/A - 1) | r*P*(P/A - 1)*(1 - P/K) | r*P*(1 - P/K)*(P - A)", "P: p n population pop x y; r: r growth_rate rate; K: K carrying_capacity capacity; A: A threshold allee", POPULATION),
    system("the chemostat", r"chemostat|monod", "S' = D*(S0 - S) - mumax*S*X/((Ks + S)*Y) ; X' = mumax*S*X/(Ks + S) - D*X", "S: s substrate; X: x biomass; D: d dilution; S0: s0 sin s_in s_feed sf; mumax: mumax mu_max mum mu; Ks: ks k_s k; Y: y yield yxs y_xs", POPULATION),
    # first order
    system("Newton's law of cooling", r"newton.{0,12}cooling|law of cooling|cools|cooling", "T' = -k*(T - room)", "T: T temp temperature temps coffee t_obj x; k: k cooling_rate cooling_constant h rate; room: T_env t_ambient ambient t_room t_inf env_temp T_a t_surroundings room room_temp t_amb t_outside ambient_temp ambient_temperature t_surr Tenv", r"anneal|radiat|heater|thermostat|conduct|specific.?heat|heat.?capacity|biot|mass", ordered=True),
    system("an RC circuit", r"\brc\b|capacitor", "V' = (Vs - V)/(R*C) | -V/(R*C) | (Vs - V)/tau", "V: v vc v_c vcap v_cap voltage u; Vs: vin v_in v_source vs emf supply vsource v0 e vsupply v_supply; R: R resistance; C: C capacitance; tau: tau rc", r"inductor|\brlc\b|diode|sine|sin\(|square|pulse|alternat", ordered=True),
    system("a charge in an RC circuit", r"\brc\b|capacitor", "q' = (Vs - q/C)/R | -q/(R*C)", "q: q charge; Vs: vin v_in v_source vs emf supply vsource v0 e v; R: R; C: C", r"inductor|\brlc\b|diode|sin\(|square|pulse", ordered=False),
    system("an RL circuit", r"\brl\b|inductor", "i' = (V - R*i)/L", "i: i current il i_l; V: v v0 v_in vin vs v_source emf e supply voltage; R: R resistance; L: L inductance", r"capacit|\brlc\b|diode|sin\(|square", ordered=True),
    system("a series RLC circuit", r"\brlc\b|inductor && \brlc\b|capacitor", "q' = i; i' = (V - R*i - q/C)/L | (-R*i - q/C)/L", "q: q charge; i: i current il; V: v v0 v_in vin vs v_source emf e supply; R: R; L: L; C: C", r"parallel", ordered=True),
    system("a series RLC circuit with the capacitor's voltage", r"\brlc\b|inductor && \brlc\b|capacitor", "u' = i/C; i' = (V - R*i - u)/L | (-R*i - u)/L", "u: vc v_c vcap v_cap u v; i: i current il i_l; V: v v0 v_in vin vs v_source emf e supply; R: R; L: L; C: C", r"parallel", ordered=True),
    system("an LC circuit", r"\blc\b", "q' = i; i' = -q/(L*C)", "q: q charge; i: i current; L: L; C: C", r"\brlc\b", ordered=True),
    system("Torricelli's law", r"torricelli|drain|hole|orifice|outlet", "h' = -a*sqrt(2*g*h)/A | -Cd*a*sqrt(2*g*h)/A | (Q - a*sqrt(2*g*h))/A | (Q - Cd*a*sqrt(2*g*h))/A | -k*sqrt(h)/A | (Q - k*sqrt(h))/A | -k*sqrt(h)", "h: h height level depth x; a: area_hole a_hole hole_area a ah a_out a_o area_out aout; A: area_tank a_tank tank_area A at area; Cd: cd c_d discharge_coefficient; Q: q_in qin inflow q; g: g", ordered=True),
    system("salt in a mixing tank", r"salt|brine|mixing|concentration && tank", "x' = F*cin - F*x/V | F*(cin - x/V)", "x: salt x s m mass y q amount; F: flow f q rate flow_rate r inflow; cin: c_in cin conc_in inflow_conc concentration; V: v volume vol", ordered=False),
    system("exponential decay", r"decay", "n' = -lam*n | -log(2)/half*n", "n: n y x atoms nuclei amount c; lam: lam lambda_ k decay_constant lambda_decay decay_rate lmbda lambd; half: half_life t_half thalf halflife", r"chain|daughter|bateman|oscill|pendul|random|rng|->|→|energy|wave", ordered=False),
    system("a decay chain", r"decay && chain|bateman|daughter|->|→", "A' = -la*A; B' = la*A - lb*B; C' = lb*B", "A: a na n_a n1 parent n_parent; B: b nb n_b n2 daughter n_daughter; C: c nc n_c n3 stable granddaughter; la: lambda_a lam_a la k1 lambda1 lam1 l1 lambda_1 ka lambda_parent; lb: lambda_b lam_b lb k2 lambda2 lam2 l2 lambda_2 kb lambda_daughter", r"random|rng|gillespie|branch"),
    # chemistry
    system("the reactions A -> B -> C", r"a *(?:->|→|-->) *b *(?:->|→|-->) *c|consecutive|sequential|series reaction", "A' = -k1*A; B' = k1*A - k2*B; C' = k2*B", "A: a ca c_a; B: b cb c_b; C: c cc c_c; k1: k1; k2: k2", POPULATION),
    system("a reversible reaction", r"revers|a *(?:<->|⇌|<=>|↔) *b", "A' = -kf*A + kr*B; B' = kf*A - kr*B", "A: a ca; B: b cb; kf: kf k1 k_f k_forward kforward; kr: kr k2 k_r kb k_b k_reverse k_1 km1 k_minus kreverse", POPULATION + r"|enzyme|a *\+ *b *(?:->|→|<->|⇌|<=>|↔)"),
    system("the reaction A + B -> C", r"a *\+ *b *(?:->|→|-->) *c|bimolecular|second.order", "A' = -k*A*B; B' = -k*A*B; C' = k*A*B", "A: a ca; B: b cb; C: c cc p; k: k k1 rate", POPULATION + "|revers"),
    system("the Brusselator", r"brusselator", "x' = A + x^2*y - (B + 1)*x | A + x^2*y - B*x - x; y' = B*x - x^2*y", "x: x u; y: y v; A: a; B: b", "diffus|laplac|random|rng"),
    system("the Oregonator", r"oregonator", "x' = (q*y - x*y + x*(1 - x))/eps; y' = (-q*y - x*y + f*z)/delta; z' = x - z", "x: x; y: y; z: z; q: q; eps: eps epsilon; delta: delta eps2 epsilon2 epsilonp; f: f", "diffus"),
    system("Robertson's reactions", r"robertson", "y1' = -k1*y1 + k3*y2*y3 | -0.04*y1 + 1e4*y2*y3; y2' = k1*y1 - k2*y2^2 - k3*y2*y3 | 0.04*y1 - 1e4*y2*y3 - 3e7*y2^2; y3' = k2*y2^2 | 3e7*y2^2", "k1: k1; k2: k2; k3: k3"),
    system("Michaelis-Menten kinetics", r"michaelis", "S' = -Vmax*S/(Km + S); P' = Vmax*S/(Km + S)", "S: s substrate c y x; P: p product; Vmax: vmax v_max vm; Km: km k_m", r"inhibit|enzyme *\+|\bes\b|complex|" + POPULATION),
    system("the enzyme mechanism", r"enzyme|michaelis", "S' = -kf*E*S + kr*ES; E' = -kf*E*S + (kr + kcat)*ES; ES' = kf*E*S - (kr + kcat)*ES; P' = kcat*ES", "S: s substrate; E: e enzyme; ES: es c complex; P: p product; kf: k1 kf k_f kon k_on; kr: k_1 kr km1 k_r koff k_off kminus1 kd; kcat: k2 kcat k_cat", POPULATION + "|inhibit"),
    system("autocatalysis", r"autocataly", "A' = -k*A*B; B' = k*A*B", "A: a ca; B: b cb x; k: k k1 rate", POPULATION + "|revers|gray|template"),
    # pharmacokinetics
    system("one compartment with absorption", r"absor|oral|gut", "gut' = -ka*gut; x' = ka*gut - ke*x | F*ka*gut - ke*x | ka*gut/V - ke*x | F*ka*gut/V - ke*x", "gut: gut a_gut ag depot stomach g absorption dose_site x_gut agut; x: central c blood plasma body conc concentration a_c x_central a_body acentral; ka: ka k_a k_abs k1; ke: ke k_e kel k_el k10 k2; F: f bioavailability; V: v vd volume", r"two.?compartment|periph|light|spectr"),
    system("elimination of first order", r"pharmaco|clearance|bolus", "c' = -k*c | -CL/V*c", "c: c conc concentration amount a central; k: k ke kel k_e k_el; CL: cl clearance; V: v vd volume", r"two.?compartment|periph|absor|oral", ordered=False),
    system("two compartments", r"two.?compartment|peripheral", "x' = -(k10 + k12)*x + k21*y | -k10*x - k12*x + k21*y | k21*y - k12*x - CL/V*x | (Q/V2*y - Q/V*x - CL/V*x); y' = k12*x - k21*y; out' = k10*x", "x: central c1 x1 a1 c_central a_central ac x; y: peripheral c2 x2 a2 periph a_peripheral ap y c_peripheral; out: eliminated excreted elim; k10: k10 ke kel k_10 k_e k_el; k12: k12 k_12 kcp; k21: k21 k_21 kpc; CL: cl; V: v v1 vc; Q: q; V2: v2 vp", r"absor|oral|infus"),
    # oscillators
    system("a pendulum", r"pendulum", "theta' = omega; omega' = -g/L*sin(theta) | -g/L*sin(theta) - c*omega | -g/L*sin(theta) - c/m*omega | -g/L*sin(theta) - c/(m*L^2)*omega | -g/L*sin(theta) - c/(m*L)*omega | -g/L*theta | -g/L*theta - c*omega | -w0^2*sin(theta) - c*omega | -w0^2*sin(theta) | -g/L*sin(theta) - 2*c*omega", "theta: theta angle th phi x q y; omega: omega w theta_dot angular_velocity thetadot dtheta v vel velocity p; g: g; L: L length l l0; c: c b gamma damping friction mu beta q k damp; m: m mass; w0: w0 omega0 omega_0", r"double|coupled|spherical|invert|cart|foucault|elastic|spring|" + SEPARATE),
    system("a driven pendulum", r"pendulum && driven|forced|driving|forcing", "theta' = omega; omega' = -g/L*sin(theta) - c*omega + F*cos(wd*t) | -g/L*sin(theta) - c*omega + F*sin(wd*t) | -sin(theta) - c*omega + F*cos(wd*t) | -sin(theta) - omega/q + F*cos(wd*t) | -sin(theta) - 2*c*omega + F*cos(wd*t) | -g/L*sin(theta) - 2*c*omega + F*cos(wd*t) | -sin(theta) - c*omega + F*sin(wd*t) | -w0^2*sin(theta) - c*omega + F*cos(wd*t) | -w0^2*sin(theta) - 2*c*omega + F*cos(wd*t) | -g/L*sin(theta) - c/m*omega + F/m*cos(wd*t)", "theta: theta angle th phi x y; omega: omega w theta_dot angular_velocity v; g: g; L: L length l; c: c b gamma damping beta q; q: q; F: f a amplitude drive f_d fd f_drive drive_amplitude force; wd: omega_d wd omega_drive w_d drive_freq drive_frequency omega_f; t: t time; m: m", r"double|coupled|kick|vertical"),
    system("a harmonic oscillator", r"harmonic|spring|hooke|oscillator", "x' = v; v' = -k/m*x | -k/m*x - c/m*v | -k*x | -w^2*x | -w^2*x - 2*zeta*w*v | -w^2*x - c*v | -k*x - c*v | -w^2*x - 2*c*v | -k/m*x - c*v", "x: x pos position q y displacement u s; v: v vel velocity vx speed p; k: k spring_constant stiffness ks; m: m mass; c: c b gamma damping friction damping_coefficient beta d; w: omega omega0 omega_0 w0 w omega_n wn; zeta: zeta damping_ratio xi", r"coupled|chain|two masses|anharmonic|duffing|van der|quartic|cubic|nonlinear|pendulum|quantum|gravity|fall|bounc|vertical|hang|friction force|coulomb|x0|rest.?length|stick|elastic|equilibrium length|\bg = 9|lotka|fitz|neuron|pid|control|" + SEPARATE),
    system("a driven oscillator", r"oscillator|spring && driven|driving|forced|forcing|resonan", "x' = v; v' = (F*cos(wd*t) - c*v - k*x)/m | (F*sin(wd*t) - c*v - k*x)/m | F*cos(wd*t) - c*v - w^2*x | F/m*cos(wd*t) - 2*zeta*w*v - w^2*x | F*cos(wd*t) - 2*c*v - w^2*x | F/m*cos(wd*t) - 2*c*v - w^2*x | F*cos(wd*t) - 2*zeta*w*v - w^2*x", "x: x pos position y q; v: v vel velocity; F: f0 f a amplitude f_0 force f_drive drive_amplitude; wd: omega_d wd omega_drive w_d drive_freq omega w drive_frequency omega_f; c: c b gamma damping beta; k: k; m: m mass; w: omega0 w0 omega_0 omega_n wn; zeta: zeta; t: t time", r"duffing|pendulum|van der|coupled|cubic|nonlinear"),
    system("the Duffing oscillator", r"duffing", "x' = v; v' = F*cos(w*t) - d*v - a*x - b*x^3 | F*cos(w*t) - d*v + a*x - b*x^3 | -d*v + x - x^3 + F*cos(w*t) | -d*v - x - x^3 + F*cos(w*t) | -d*v - a*x - b*x^3 | -d*v + x - b*x^3 + F*cos(w*t)", "x: x pos q y; v: v vel velocity y p; F: gamma f f0 amplitude a; w: omega w omega_d; d: delta d c damping; a: alpha a; b: beta b; t: t time"),
    system("the van der Pol oscillator", r"van.?der.?pol", "x' = v; v' = mu*(1 - x^2)*v - x", "x: x q u; v: y v dx p; mu: mu epsilon eps", r"forc|driv|coupled|lienard"),
    system("two masses and three springs", r"coupled|two masses|three springs|normal mode", "x1' = v1; x2' = v2; v1' = (-k*x1 + kc*(x2 - x1))/m | (-k1*x1 + kc*(x2 - x1))/m1 | (-k1*x1 - kc*(x1 - x2))/m1 | (-2*k*x1 + k*x2)/m; v2' = (-k*x2 - kc*(x2 - x1))/m | (-k2*x2 - kc*(x2 - x1))/m2 | (-k3*x2 - kc*(x2 - x1))/m2 | (k*x1 - 2*k*x2)/m", "x1: x1 y[0]; x2: x2; v1: v1; v2: v2; k: k k1; kc: kc k_c k12 k2 coupling kappa k_coupling; k1: k1; k2: k2 k3; k3: k3; m: m mass; m1: m1; m2: m2", r"pendul|damp|quantum|kuramoto|" + SEPARATE, ordered=False),
    system("the double pendulum", r"double pendulum", """w1' = (-g*(2*m1 + m2)*sin(t1) - m2*g*sin(t1 - 2*t2) - 2*sin(t1 - t2)*m2*(w2^2*l2 + w1^2*l1*cos(t1 - t2)))/(l1*(2*m1 + m2 - m2*cos(2*t1 - 2*t2))) | (-g*(2*m1 + m2)*sin(t1) - m2*g*sin(t1 - 2*t2) - 2*sin(t1 - t2)*m2*(w2^2*l2 + w1^2*l1*cos(t1 - t2)))/(l1*(2*m1 + m2 - m2*cos(2*t2 - 2*t1)));
w2' = (2*sin(t1 - t2)*(w1^2*l1*(m1 + m2) + g*(m1 + m2)*cos(t1) + w2^2*l2*m2*cos(t1 - t2)))/(l2*(2*m1 + m2 - m2*cos(2*t1 - 2*t2))) | (2*sin(t1 - t2)*(w1^2*l1*(m1 + m2) + g*(m1 + m2)*cos(t1) + w2^2*l2*m2*cos(t1 - t2)))/(l2*(2*m1 + m2 - m2*cos(2*t2 - 2*t1)));
t1' = w1; t2' = w2""", "t1: theta1 th1 t1 a1 theta_1 phi1 q1 state[0] y[0] s[0]; t2: theta2 th2 t2 a2 theta_2 phi2 q2; w1: omega1 w1 z1 omega_1 dtheta1 theta1_dot v1 th1dot; w2: omega2 w2 z2 omega_2 dtheta2 theta2_dot v2; m1: m1 m; m2: m2 m; l1: l1 length1 l; l2: l2 length2 l; g: g", r"damp", ordered=False),
    # chaos
    system("the Lorenz system", r"lorenz", "x' = s*(y - x); y' = x*(r - z) - y; z' = x*y - b*z", "x: x; y: y; z: z; s: sigma s; r: rho r; b: beta b", r"lorenz.?96|lorentz"),
    system("the Rössler system", r"r[oö]ssler", "x' = -y - z; y' = x + a*y; z' = b + z*(x - c)", "x: x; y: y; z: z; a: a; b: b; c: c"),
    system("the Hénon-Heiles system", r"h[eé]non.?heiles", "x' = px; y' = py; px' = -x - 2*x*y | -x - 2*lam*x*y; py' = -y - x^2 + y^2 | -y - lam*(x^2 - y^2)", "x: x; y: y; px: px vx p_x u; py: py vy p_y v; lam: lam lambda_"),
    # motion
    system("a fall with quadratic drag", r"drag|air resistance|skydiv|parachut|terminal", "v' = g - k/m*v^2 | g - k*v^2 | g - k/m*v*abs(v) | g - k*v*abs(v) | g - 0.5*rho*Cd*area*v^2/m | g - 0.5*rho*Cd*area*v*abs(v)/m | -g - k/m*v*abs(v) | -g - k*v*abs(v) | -g - 0.5*rho*Cd*area*v*abs(v)/m | -g + k/m*v^2 | -g + 0.5*rho*Cd*area*v^2/m", "v: v vel velocity speed vy y[0]; g: g; k: k c b drag drag_coeff drag_coefficient c_d cd k_drag kd beta gamma; m: m mass; rho: rho air_density rho_air density; Cd: cd c_d drag_coeff drag_coefficient c; area: a area cross_section", r"linear drag|stokes|projectile|launch|horizontal|vx|thrust|rocket|car\b|bicycl|cyclist", ordered=True),
    system("a fall with linear drag", r"linear(?:.|\n){0,12}(?:drag|resist)|stokes|viscous", "v' = g - k/m*v | g - k*v | -g - k/m*v | -g - k*v", "v: v vel velocity speed vy; g: g; k: k c b drag drag_coeff gamma drag_coefficient k_drag beta; m: m mass", r"quadratic|projectile|buoy|vx|thrust|oscill|spring", ordered=True),
    system("a projectile with quadratic drag", r"drag|air resistance", "vx' = -k/m*s*vx | -k*s*vx | -0.5*rho*Cd*area*s*vx/m; vy' = -g - k/m*s*vy | -g - k*s*vy | -g - 0.5*rho*Cd*area*s*vy/m", "vx: vx v_x xdot; vy: vy v_y ydot vz; k: k c b drag drag_coeff drag_coefficient k_drag beta gamma cd d; s: speed v vmag v_mag vel; m: m mass; g: g; rho: rho; Cd: cd c_d c drag_coeff drag_coefficient; area: a area", r"linear|stokes|wind|magnus|spin|lift|thrust|rocket|altitude|" + NO_DRAG, ordered=False),
    system("a projectile with quadratic drag, the speed spelt out", r"drag|air resistance", "vx' = -k/m*sqrt(vx^2 + vy^2)*vx | -k*sqrt(vx^2 + vy^2)*vx | -0.5*rho*Cd*area*sqrt(vx^2 + vy^2)*vx/m | -k/m*hypot(vx, vy)*vx | -k*hypot(vx, vy)*vx; vy' = -g - k/m*sqrt(vx^2 + vy^2)*vy | -g - k*sqrt(vx^2 + vy^2)*vy | -g - 0.5*rho*Cd*area*sqrt(vx^2 + vy^2)*vy/m | -g - k/m*hypot(vx, vy)*vy | -g - k*hypot(vx, vy)*vy", "vx: vx v_x xdot; vy: vy v_y ydot vz; k: k c b drag drag_coeff drag_coefficient k_drag beta gamma cd d; m: m mass; g: g; rho: rho; Cd: cd c_d c drag_coeff drag_coefficient; area: a area", r"linear|stokes|wind|magnus|spin|lift|thrust|rocket|altitude|" + NO_DRAG, ordered=False),
    system("a planet about a fixed sun", r"orbit|kepler|planet|satellite|gravit", "x' = vx; y' = vy; vx' = -GM*x/r^3 | -G*M*x/r^3 | -GM*x/(x^2 + y^2)^1.5 | -G*M*x/(x^2 + y^2)^1.5 | -x/(x^2 + y^2)^1.5; vy' = -GM*y/r^3 | -G*M*y/r^3 | -GM*y/(x^2 + y^2)^1.5 | -G*M*y/(x^2 + y^2)^1.5 | -y/(x^2 + y^2)^1.5", "x: x; y: y; vx: vx v_x; vy: vy v_y; GM: gm mu g_m; G: g; M: m mass m_sun msun m_earth mearth m_central m_star; r: r dist radius distance", r"drag|thrust|precess|relativ|three.?body|two.?body|binary|projectile|surface|magnet|charge", ordered=True),
    system("a rocket", r"rocket", "v' = T/m - g | ve*mdot/m - g | ve*mdot/m | T/m; m' = -mdot; h' = v", "v: v vel velocity; m: m mass; h: h y height altitude x z; T: thrust t f; ve: ve v_e exhaust_velocity v_exhaust u v_ex isp; mdot: mdot burn_rate dm_dt mass_flow m_dot rate mass_flow_rate k; g: g g0", r"drag|air resistance|gravity turn|stage|altitude.dependent", ordered=False),
    system("a loan", r"loan|mortgage|amorti[sz]", "B' = B*r - d | B*r/12 - d | -p | i - d", "B: balance remaining outstanding debt bal remaining_balance loan_balance; r: r rate annual_rate monthly_rate interest_rate; d: payment pmt monthly_payment emi; p: principal_paid principal_payment principal_part principal_component to_principal paid_principal principal_portion; i: interest interest_paid interest_payment", ordered=False),
    system("a PID controller's sum of errors", r"\bpid\b", "i' = e", "i: integral i int_err integral_error sum_error i_term; e: e err error", ordered=False),
    system("a first-order plant under control", r"\bpid\b|controller", "y' = (K*u - y)/tau | (u - y)/tau | -y/tau + u | -a*y + b*u", "y: y x speed output temp temperature state value pv; K: k gain kp_plant k_plant; u: u control output power signal force; tau: tau time_constant; a: a; b: b", ordered=False),
    system("a charge in a uniform magnetic field", r"magnetic|lorentz force|cyclotron", "vx' = q*B/m*vy | w*vy; vy' = -q*B/m*vx | -w*vx", "vx: vx v_x; vy: vy v_y; q: q charge; B: b bz b0 b_z; m: m mass; w: omega wc omega_c w", r"electric|\be_?[xyz0]?\b *=|boris|relativ", ordered=False),
    system("Euler's equations of a rigid body", r"rigid body|euler.?s? equations|dzhanibekov|intermediate axis|tennis racket|gyro", "w1' = (I2 - I3)/I1*w2*w3; w2' = (I3 - I1)/I2*w3*w1; w3' = (I1 - I2)/I3*w1*w2", "w1: w1 omega1 wx omega_1 omega_x; w2: w2 omega2 wy omega_2 omega_y; w3: w3 omega3 wz omega_3 omega_z; I1: i1 ix i_1 ixx; I2: i2 iy i_2 iyy; I3: i3 iz i_3 izz", r"torque(?!.free)|fluid|flow"),
    system("two Kuramoto oscillators", r"kuramoto", "a' = wa + K*sin(b - a) | wa + K/2*sin(b - a); b' = wb + K*sin(a - b) | wb + K/2*sin(a - b)", "a: theta1 phi1 th1; b: theta2 phi2 th2; wa: omega1 w1; wb: omega2 w2; K: k coupling"),
    # neurons
    system("the FitzHugh-Nagumo equations", r"fitzhugh", "v' = v - v^3/3 - w + I; w' = eps*(v + a - b*w) | (v + a - b*w)/tau", "v: v u x; w: w y; I: i i_ext iext current i_app stimulus i_stim; eps: epsilon eps; tau: tau; a: a; b: b", r"diffus|laplac|v \* \(v - a\)|noise|random|cubic"),
    system("the Hindmarsh-Rose neuron", r"hindmarsh", "x' = y - a*x^3 + b*x^2 - z + I; y' = c - d*x^2 - y; z' = r*(s*(x - xr) - z)", "x: x; y: y; z: z; a: a; b: b; c: c; d: d; r: r; s: s; xr: xr x_r x_rest x0 xrest; I: i i_ext iext"),
    system("the leaky integrate-and-fire neuron", r"integrate.?and.?fire|\blif\b", "v' = (-(v - vr) + R*I)/tau | (-(v - vr) + I)/tau | (vr - v)/tau + I/C | (-g*(v - vr) + I)/C", "v: v vm v_m u; vr: v_rest vrest e_l el v_r vl e_leak v_reset; R: r rm r_m; I: i i_ext iext current i_in i_app; tau: tau tau_m taum; C: c cm c_m; g: g_l gl g_leak", r"random|rng|exponential|adaptive", ordered=True),
    system("Izhikevich's neuron", r"izhikevich", "v' = 0.04*v^2 + 5*v + 140 - u + I; u' = a*(b*v - u)", "v: v; u: u; a: a; b: b; I: i i_ext current i_in", r"random|rng"),
    system("the Hodgkin-Huxley equations", r"hodgkin", "V' = (I - gNa*m^3*h*(V - ENa) - gK*n^4*(V - EK) - gL*(V - EL))/C | (I - INa - IK - IL)/C | (I - (INa + IK + IL))/C; m' = am*(1 - m) - bm*m; h' = ah*(1 - h) - bh*h; n' = an*(1 - n) - bn*n", "V: v vm; m: m; h: h; n: n; I: i i_ext iext i_app i_inj; INa: i_na ina; IK: i_k ik; IL: i_l il i_leak; gNa: gna g_na; gK: gk g_k; gL: gl g_l; ENa: ena e_na; EK: ek e_k; EL: el e_l; C: c cm c_m; am: am alpha_m alpha_m(v) am(v) a_m; bm: bm beta_m beta_m(v) bm(v) b_m; ah: ah alpha_h alpha_h(v) a_h; bh: bh beta_h beta_h(v) b_h; an: an alpha_n alpha_n(v) a_n; bn: bn beta_n beta_n(v) b_n"),
    # genes
    system("the repressilator's proteins", r"toggle switch", "u' = a1/(1 + v^b) - u; v' = a2/(1 + u^c) - v", "u: u x; v: v y; a1: a1 alpha1 alpha a; a2: a2 alpha2 alpha a; b: beta n b; c: gamma n c", "random|rng|noise"),
    # fields, one cell of the grid at a time
    system("the Gray-Scott equations", r"gray.?scott", "u' = Du*Lu - u*v^2 + F*(1 - u); v' = Dv*Lv + u*v^2 - (F + k)*v", "u: u a; v: v b; Du: du d_u da ru; Dv: dv d_v db rv; F: f feed; k: k kill; Lu: lu lap_u laplacian(u) lap(u) laplace(u) lap_a laplacian(a) laplace_u laplacian_u du2 nabla_u d2u; Lv: lv lap_v laplacian(v) lap(v) laplace(v) lap_b laplacian(b) laplace_v laplacian_v d2v", r"noise|random field"),
    system("the Fisher-KPP equation", r"fisher|kpp", "u' = D*Lu + r*u*(1 - u) | D*Lu + r*u*(1 - u/K)", "u: u c n p; D: d diffusion; r: r rho growth; K: k; Lu: lu lap lap_u laplacian(u) lap(u) laplace(u) uxx u_xx d2u laplacian", r"random|rng|wright"),
    system("the Brusselator with diffusion", r"brusselator", "u' = Du*Lu + A + u^2*v - (B + 1)*u; v' = Dv*Lv + B*u - u^2*v", "u: u x; v: v y; Du: du d_u; Dv: dv d_v; A: a; B: b; Lu: lu lap_u laplacian(u) lap(u) laplacian(x); Lv: lv lap_v laplacian(v) lap(v) laplacian(y)"),
)  # fmt: skip

MAPS: tuple[System, ...] = (
    system("the logistic map", r"logistic map|bifurcation", "x' = r*x*(1 - x)", "x: x; r: r mu a", r"sine map|tent"),
    system("the Hénon map", r"h[eé]non", "x' = 1 - a*x^2 + y; y' = b*x", "x: x; y: y; a: a; b: b", "heiles"),
    system("the standard map", r"standard map|chirikov|kicked rotor", "p' = p + K*sin(t); t' = t + p | t + p + K*sin(t)", "p: p momentum i; t: theta x th; K: k", ordered=False),
    system("the Ricker model", r"ricker", "n' = n*exp(r*(1 - n/K))", "n: n x p population pop; r: r; K: k carrying_capacity"),
    system("the Beverton-Holt model", r"beverton", "n' = r*n/(1 + n/K) | r*n/(1 + (r - 1)*n/K) | r*n/(1 + a*n)", "n: n x p population pop; r: r r0 lambda_; K: k m; a: a alpha"),
    system("the Nicholson-Bailey model", r"nicholson.?bailey", "h' = k*h*exp(-a*p) | lam*h*exp(-a*p); p' = c*h*(1 - exp(-a*p)) | h*(1 - exp(-a*p))", "h: h n host hosts; p: p parasitoid parasitoids; k: k r lam lambda_; lam: lam lambda_; a: a; c: c"),
)  # fmt: skip
