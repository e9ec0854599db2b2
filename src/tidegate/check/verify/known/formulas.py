# ruff: noqa: E501  (a table of laws reads best one row a line)
"""Closed forms that everyone knows, by what their result is called."""

from __future__ import annotations

import re

import msgspec

from tidegate.check.verify.known.matching import Form, forms
from tidegate.check.verify.known.spellings import spellings
from tidegate.check.verify.known.words import Words


class Formula(msgspec.Struct, frozen=True, kw_only=True):
    """One formula: `target` is what its result is called, `words` what the text must speak of."""

    name: str
    target: re.Pattern[str]
    words: Words
    but: Words | None
    forms: tuple[Form, ...]
    spellings: dict[str, frozenset[str]]
    strict: bool
    indexed: bool


def formula(
    name: str, target: str, words: str, text: str, own: str = "", but: str = "", strict: bool = False
) -> Formula:
    """A row of the table; `strict` where a symbol that the program has a name for can be no other name."""
    return Formula(
        name=name,
        target=re.compile(target),
        words=Words(words),
        but=Words(but) if but else None,
        forms=forms(text),
        spellings=spellings(own),
        strict=strict,
        indexed=r"\[" in target,
    )


MONEY = "P: p principal amount loan loan_amount deposit balance present_value pv start initial; r: r rate annual_rate interest_rate apr monthly_rate i interest annual_interest_rate; n: n n_months months num_payments n_payments periods n_periods payments term_months nper; y: years t term term_years n_years; m: m n compounds compounds_per_year periods_per_year freq n_per_year compounding frequency; d: pmt payment contribution deposit monthly_contribution monthly_deposit monthly"
ORBIT = r"orbit|kepler|planet|satellite|gravit"

FORMULAS: tuple[Formula, ...] = (
    # motion
    formula("terminal speed under quadratic drag", r"termin|v ?t(?:erm)?$|vterm", r"drag|terminal", "sqrt(2*m*g/(rho*Cd*area)) | sqrt(m*g/k) | sqrt(g/k)", "k: k b c drag k_drag drag_coeff drag_coefficient beta; area: A area cross_section; g: g; m: m mass; rho: rho air_density rho_air; Cd: cd c_d drag_coeff c drag_coefficient", r"linear drag|stokes|viscous"),
    formula("terminal speed under linear drag", r"termin|v ?t(?:erm)?$|vterm", r"linear (?:air )?(?:drag|resist)|stokes", "m*g/k | g/k | 2*r^2*(rhop - rhof)*g/(9*mu)", "k: k b c drag gamma k_drag drag_coeff; g: g; m: m mass; r: r radius; rhop: rho_p rho_s rho_particle rhop; rhof: rho_f rho_fluid rhof; mu: mu eta viscosity", r"quadratic"),
    formula("the force of quadratic drag", r"^(?:f ?)?drag|drag(?: force)?$|^f ?d$", r"drag|air resistance", "0.5*rho*Cd*area*v^2 | 0.5*rho*Cd*area*v*abs(v) | k*v^2 | k*v*abs(v) | -k*v*abs(v) | -0.5*rho*Cd*area*v*abs(v) | -k*v^2 | 0.5*rho*Cd*area*v | k*v | -k*v | k*v*abs(v)/m | 0.5*rho*Cd*area*v*abs(v)/m | 0.5*rho*Cd*area*v^2/m | k*v^2/m", "v: v vel velocity speed vmag; k: k b c drag k_drag drag_coeff drag_coefficient beta cd; area: a area cross_section; rho: rho air_density rho_air density; Cd: cd c_d drag_coeff c drag_coefficient; m: m mass"),
    formula("the range of a projectile", r"range", r"projectile|launch|thrown|ballistic|trajectory", "v^2*sin(2*theta)/g | 2*v^2*sin(theta)*cos(theta)/g", "v: v0 v speed v_0 initial_speed launch_speed; theta: theta angle launch_angle alpha; g: g"),
    formula("the height of a projectile", r"(?:max|peak|apex).*(?:height|h)|h ?max|height ?max", r"projectile|launch|thrown|ballistic|trajectory", "(v*sin(theta))^2/(2*g) | v^2/(2*g)", "v: v0 v speed v_0 vy0 initial_speed launch_speed vy; theta: theta angle launch_angle alpha; g: g", r"drag|air resistance"),
    formula("the time of flight", r"(?:flight|air).*time|time.*(?:flight|air)|t ?flight", r"projectile|launch|thrown|ballistic|trajectory", "2*v*sin(theta)/g | 2*v/g", "v: v0 v speed v_0 vy0 initial_speed launch_speed vy; theta: theta angle launch_angle alpha; g: g", r"drag|air resistance"),
    formula("the components of a velocity along x", r"^v ?x ?0?$|^x ?dot$", r"projectile|launch|thrown|ballistic|angle", "v*cos(theta)", "v: v0 v speed v_0 initial_speed launch_speed; theta: theta angle launch_angle alpha angle_rad theta0 a", r"vertical|pendulum|orbit|bearing"),
    formula("the components of a velocity along y", r"^v ?y ?0?$|^y ?dot$", r"projectile|launch|thrown|ballistic|angle", "v*sin(theta)", "v: v0 v speed v_0 initial_speed launch_speed; theta: theta angle launch_angle alpha angle_rad theta0 a", r"vertical|pendulum|orbit|bearing"),
    formula("the speed of impact", r"impact|landing|final speed|v ?impact", r"fall|drop", "sqrt(2*g*h)", "h: h height h0 y0 drop; g: g", r"drag|air resistance|bounc"),
    formula("the time of a fall", r"fall ?time|time.*(?:fall|ground|impact)|t ?fall", r"fall|drop", "sqrt(2*h/g)", "h: h height h0 y0; g: g", r"drag|air resistance|bounc"),
    formula("Tsiolkovsky's equation", r"delta ?v|^dv$|tsiolkovsky|burnout|ideal|analytic|theor|exact", r"rocket", "ve*log(m0/mf) | isp*g*log(m0/mf) | ve*log((md + mp)/md) | isp*g*log((md + mp)/md)", "ve: ve v_e exhaust_velocity v_exhaust u exhaust; m0: m0 m_0 m_initial initial_mass mass0 m_wet wet_mass m_start; mf: mf m_f m_final final_mass m_dry dry_mass m_empty mass m; md: m_dry dry_mass m_empty; mp: m_fuel fuel_mass m_prop propellant fuel m_propellant; isp: isp; g: g0 g"),
    formula("the thrust of a rocket", r"thrust", r"rocket", "ve*mdot", "ve: ve v_e exhaust_velocity v_exhaust u exhaust; mdot: mdot burn_rate dm_dt mass_flow m_dot rate mass_flow_rate"),
    # oscillators
    formula("the kinetic energy", r"\bke\b|kinetic|^e ?kin|^kin|^t kin", r"energy", "0.5*m*v^2 | 0.5*v^2 | 0.5*m*(vx^2 + vy^2) | 0.5*(vx^2 + vy^2) | 0.5*m*L^2*omega^2 | 0.5*m*(L*omega)^2 | 0.5*Ix*omega^2", "v: v vel velocity speed vs; m: m mass; vx: vx; vy: vy; L: l length; omega: omega w theta_dot; Ix: i inertia moment_of_inertia", r"relativ|double pend|1/2 sum"),
    formula("the potential energy", r"\bpe\b|potential|^e ?pot|^pot|^u$", r"energy", "0.5*k*x^2 | m*g*h | m*g*L*(1 - cos(theta)) | -m*g*L*cos(theta) | g*L*(1 - cos(theta)) | -G*M*m/r | -G*M/r | -GM/r | -GM*m/r | -k*q1*q2/r | k*q1*q2/r | 0.5*w^2*x^2 | 0.5*m*w^2*x^2 | 0.5*x^2 | -G*m1*m2/r", "x: x pos position q displacement xs extension; k: k spring_constant stiffness ke; m: m mass; g: g; h: h y height z; theta: theta angle th phi; L: l length; r: r dist distance radius; w: omega omega0 w; GM: gm mu", r"lennard|morse|quartic|double.?well|elastic pend|duffing|anharmonic|double pend"),
    formula("the energy of an oscillator", r"energ|^e(?: ?0| tot(?:al)?)?$|hamilton", r"spring|oscillator|harmonic", "0.5*m*v^2 + 0.5*k*x^2 | 0.5*v^2 + 0.5*k*x^2 | 0.5*v^2 + 0.5*w^2*x^2 | 0.5*m*v^2 + 0.5*m*w^2*x^2 | p^2/(2*m) + 0.5*k*x^2 | 0.5*k*x^2 + p^2/(2*m) | 0.5*k*A^2 | 0.5*v^2 + 0.5*x^2", "x: x pos position q displacement xs; v: v vel velocity vs; k: k spring_constant stiffness; m: m mass; w: omega omega0 w w0; p: p momentum; A: a amplitude a0 x0", r"anharmonic|duffing|quartic|coupled|chain|pendulum|gravity|two masses|quantum|cubic"),
    formula("the energy of a pendulum", r"energ|^e(?: ?0| tot(?:al)?)?$|hamilton", r"pendulum", "0.5*m*L^2*omega^2 + m*g*L*(1 - cos(theta)) | 0.5*m*L^2*omega^2 - m*g*L*cos(theta) | 0.5*omega^2 - g/L*cos(theta) | 0.5*omega^2 + g/L*(1 - cos(theta)) | 0.5*L^2*omega^2 + g*L*(1 - cos(theta)) | 0.5*L^2*omega^2 - g*L*cos(theta)", "theta: theta angle th phi; omega: omega w theta_dot v dtheta; m: m mass; L: l length; g: g", r"double|elastic|spherical|cart|spring"),
    formula("the energy of an orbit", r"energ|^e(?: ?0| tot(?:al)?)?$", ORBIT, "0.5*(vx^2 + vy^2) - GM/r | 0.5*(vx^2 + vy^2) - GM/sqrt(x^2 + y^2) | 0.5*m*(vx^2 + vy^2) - G*M*m/r | 0.5*v^2 - GM/r | 0.5*m*v^2 - G*M*m/r | 0.5*(vx^2 + vy^2) - G*M/r | 0.5*(vx^2 + vy^2) - 1/r | 0.5*(vx^2 + vy^2) - 1/sqrt(x^2 + y^2) | 0.5*(vx^2 + vy^2) - G*M/sqrt(x^2 + y^2)", "vx: vx; vy: vy; x: x; y: y; GM: gm mu; G: g; M: m m_sun msun mass; m: m m_planet mass; r: r dist radius; v: v speed", r"softening|eps|binary|two.?body|three"),
    formula("angular momentum", r"ang(?:ular)? ?mom|^l ?z?$", ORBIT, "x*vy - y*vx | m*(x*vy - y*vx)", "x: x; y: y; vx: vx; vy: vy; m: m mass"),
    formula("the natural frequency of a spring", r"omega ?0?$|^w ?0$|^w ?n$|natural|angular freq|omega n", r"spring|oscillator|mass", "sqrt(k/m)", "k: k spring_constant stiffness; m: m mass", r"pendulum|\brlc\b|\blc\b"),
    formula("the period of a spring", r"period|^t ?(?:0|theory|exact|analytic\w*)$|theor|exact|analytic", r"spring|oscillator", "2*pi*sqrt(m/k) | 2*pi/w | 2*pi/sqrt(k/m)", "k: k spring_constant stiffness; m: m mass; w: omega omega0 w w0 omega_0", r"pendulum|coupled|damp|van der|duffing"),
    formula("the frequency of a spring", r"\bfreq(?:uency)?$|^f ?(?:0|n|theory)$", r"spring|oscillator", "sqrt(k/m)/(2*pi) | w/(2*pi) | sqrt(k/m)", "k: k spring_constant stiffness; m: m mass; w: omega omega0 w w0 omega_0", r"pendulum|coupled|damp|van der|duffing|driv|forc|fft"),
    formula("the damping ratio", r"zeta|damping ratio", r"damp", "c/(2*sqrt(k*m)) | c/(2*m*w) | R/2*sqrt(C/L) | c/sqrt(4*m*k)", "c: c b gamma damping; k: k; m: m mass; w: omega0 w0 w omega_n; R: r; C: c; L: l"),
    formula("the damped frequency", r"omega ?d$|damped.*freq|w ?d$", r"damp", "w*sqrt(1 - zeta^2) | sqrt(w^2 - gamma^2) | sqrt(k/m - (c/(2*m))^2) | sqrt(w^2 - (c/(2*m))^2)", "w: omega0 w0 w omega_n wn omega_0; zeta: zeta damping_ratio; gamma: gamma beta alpha; k: k; m: m mass; c: c b damping"),
    formula("critical damping", r"critical", r"damp", "2*sqrt(k*m) | 2*m*w", "k: k; m: m mass; w: omega0 w0 w", r"critical(?:ly)? (?:temperature|exponent)"),
    formula("the period of a pendulum", r"period|^t ?(?:0|small|approx|theory)$|small.?angle|theor|exact|analytic", r"pendulum", "2*pi*sqrt(L/g)", "L: l length; g: g; theta: theta0 theta amplitude theta_0 theta_max", r"double|spring|torsion|ellip|agm"),
    formula("the resonant frequency of a circuit", r"omega ?0?$|^w ?0$|reson|natural", r"\brlc\b|\blc\b|inductor", "1/sqrt(L*C)", "L: l inductance ind; C: c capacitance cap"),
    formula("the resonant frequency of a circuit in hertz", r"freq|^f ?0?$|reson|natural", r"\brlc\b|\blc\b|inductor", "1/(2*pi*sqrt(L*C)) | 1/sqrt(L*C) | w/(2*pi)", "L: l inductance ind; C: c capacitance cap; w: omega0 omega w0"),
    formula("the period of an LC circuit", r"period", r"\blc\b|\brlc\b", "2*pi*sqrt(L*C) | 2*pi/w", "L: l inductance; C: c capacitance; w: omega0 w0 omega"),
    formula("the quality factor", r"^q$|quality|q factor", r"\brlc\b|quality factor", "sqrt(L/C)/R | w*L/R | 1/R*sqrt(L/C) | 1/(w*R*C) | 1/(2*zeta) | m*w/c", "L: l; C: c; R: r; w: omega0 w0; zeta: zeta; m: m; c: c b gamma"),
    formula("the time constant of an RC circuit", r"^tau|time const", r"\brc\b|capacitor", "R*C", "R: r resistance; C: c capacitance"),
    formula("the time constant of an RL circuit", r"^tau|time const", r"\brl\b|inductor", "L/R", "R: r resistance; L: l inductance", r"\brlc\b"),
    formula("the voltage of a charging capacitor", r"exact|analytic|theor|^v ?(?:true|ref)", r"\brc\b|capacitor", "V*(1 - exp(-t/(R*C))) | V*exp(-t/(R*C)) | V*(1 - exp(-t/tau)) | V*exp(-t/tau)", "V: v v0 vs v_s vin v_in emf e v_source supply; t: t time t_end t_final; R: r; C: c; tau: tau rc", r"inductor|\brlc\b"),
    formula("the current of an inductor", r"exact|analytic|theor|^i ?(?:true|ref)", r"\brl\b|inductor", "V/R*(1 - exp(-R*t/L)) | V/R*exp(-R*t/L) | I0*exp(-R*t/L) | V/R*(1 - exp(-t/tau))", "V: v v0 vs v_s vin v_in emf e; t: t time t_end t_final; R: r; L: l; I0: i0; tau: tau", r"capacit|\brlc\b"),
    formula("the final current", r"(?:final|steady|max|asympt|limit).*(?:current|i)$|i ?(?:max|ss|inf|final|steady)", r"\brl\b|inductor", "V/R", "V: v v0 vs v_s vin v_in emf e; R: r", r"capacit|\brlc\b"),
    # orbits
    formula("the circular speed", r"v ?circ|circular|^v(?:y)? ?0?$|orbital speed|orbital velocity", ORBIT, "sqrt(GM/r) | sqrt(G*M/r)", "GM: gm mu; G: g; M: m m_sun msun mass m_earth; r: r r0 radius a distance x x0", r"eccentric|elliptic|ellip"),
    formula("Kepler's third law", r"period|kepler", ORBIT, "2*pi*sqrt(a^3/GM) | 2*pi*sqrt(a^3/(G*M)) | 2*pi*a/v | sqrt(a^3)", "a: a r r0 semi_major radius sma semi_major_axis; GM: gm mu; G: g; M: m m_sun msun m_earth mass m_central m1; v: v v0 v_circ speed", r"binary|two.?body"),
    formula("the escape speed", r"escape", r"escape", "sqrt(2*G*M/r) | sqrt(2*GM/r)", "GM: gm mu; G: g; M: m mass m_earth m_planet; r: r radius r0 r_earth"),
    formula("the semi-major axis", r"semi|^a$|^sma$", ORBIT, "1/(2/r - v^2/GM) | -GM/(2*E) | (rmin + rmax)/2 | -G*M/(2*E)", "r: r r0; v: v v0 speed; GM: gm mu; E: e energy e0 eps; rmin: r_min rp rmin perihelion r_peri; rmax: r_max ra rmax aphelion r_apo; G: g; M: m msun m_sun", r"schwarz"),
    formula("the eccentricity", r"ecc|^e$", ORBIT, "(rmax - rmin)/(rmax + rmin) | sqrt(1 + 2*E*h^2/GM^2)", "rmin: r_min rp rmin perihelion r_peri peri; rmax: r_max ra rmax aphelion r_apo apo; E: energy eps e0; h: h l ang_mom; GM: gm mu"),
    formula("the radius of gyration in a magnetic field", r"larmor|gyro|radius|^r ?(?:l|c|g)?$", r"magnetic|larmor|cyclotron", "m*v/(q*B) | m*v/(abs(q)*B)", "m: m mass; v: v v0 v_perp vperp speed; q: q charge; B: b bz b0", r"drift"),
    formula("Boris' second vector", r"^s(?: vec)?$", r"boris", "2*t/(1 + t*t) | 2*t/(1 + t^2)", "t: t t_vec tvec t_vector"),
    formula("Boris' first half turn", r"^v ?(?:prime|p)$", r"boris", "v + cross(v, t)", "v: v_minus vminus vm v_m; t: t t_vec tvec", strict=True),
    formula("Boris' whole turn", r"^v ?(?:plus|p)$", r"boris", "v + cross(p, s)", "v: v_minus vminus vm v_m; p: v_prime vprime v_p vp; s: s s_vec svec", strict=True),
    formula("the cyclotron frequency", r"omega|cyclotron|gyrofreq|^w ?c?$", r"magnetic|larmor|cyclotron", "q*B/m | abs(q)*B/m", "m: m mass; q: q charge; B: b bz b0", r"plasma freq"),
    formula("the cyclotron period", r"period", r"magnetic|larmor|cyclotron", "2*pi*m/(q*B) | 2*pi/w | 2*pi*m/(abs(q)*B)", "m: m mass; q: q charge; B: b bz b0; w: omega omega_c wc"),
    formula("the sodium current", r"^i ?na$", r"hodgkin", "gNa*m^3*h*(V - ENa)", "gNa: gna g_na; m: m; h: h; V: v vm; ENa: ena e_na"),
    formula("the potassium current", r"^i ?k$", r"hodgkin", "gK*n^4*(V - EK)", "gK: gk g_k; n: n; V: v vm; EK: ek e_k"),
    formula("the leak current", r"^i ?l(?:eak)?$", r"hodgkin", "gL*(V - EL)", "gL: gl g_l gleak; V: v vm; EL: el e_l e_leak"),
    formula("the rate α_m", r"^(?:alpha|a) ?m$", r"hodgkin", "0.1*(V + 40)/(1 - exp(-(V + 40)/10)) | 0.1*(25 - V)/(exp((25 - V)/10) - 1)", "V: v vm"),
    formula("the rate β_m", r"^(?:beta|b) ?m$", r"hodgkin", "4*exp(-(V + 65)/18) | 4*exp(-V/18)", "V: v vm"),
    formula("the rate α_h", r"^(?:alpha|a) ?h$", r"hodgkin", "0.07*exp(-(V + 65)/20) | 0.07*exp(-V/20)", "V: v vm"),
    formula("the rate β_h", r"^(?:beta|b) ?h$", r"hodgkin", "1/(1 + exp(-(V + 35)/10)) | 1/(exp((30 - V)/10) + 1)", "V: v vm"),
    formula("the rate α_n", r"^(?:alpha|a) ?n$", r"hodgkin", "0.01*(V + 55)/(1 - exp(-(V + 55)/10)) | 0.01*(10 - V)/(exp((10 - V)/10) - 1)", "V: v vm"),
    formula("the rate β_n", r"^(?:beta|b) ?n$", r"hodgkin", "0.125*exp(-(V + 65)/80) | 0.125*exp(-V/80)", "V: v vm"),
    # decay, populations, chemistry
    formula("a decay constant", r"^la?m|decay const|^k(?: ?el?)?$|lambda", r"half.?li[fv]", "log(2)/half | 0.693/half", "half: half_life t_half thalf halflife t12 t_1_2 half_life_a half_life_b t half_life_parent half_life_daughter half_life_years"),
    formula("a half-life", r"half", r"half.?li[fv]", "log(2)/lam | 0.693/lam | log(2)*V/CL", "lam: lam lambda_ k decay_constant lmbda ke k_e kel lambd k10 decay_rate; V: v vd; CL: cl clearance", r"michaelis"),
    formula("exponential decay", r"exact|analytic|theor|expected", r"decay", "n*exp(-lam*t) | n*2^(-t/half) | n*0.5^(t/half) | n*exp(-t/tau) | n*exp(-log(2)*t/half)", "n: n0 n_0 y0 a0 x0 initial c0; lam: lam lambda_ k decay_constant lmbda lambd decay_rate; t: t time t_end t_final ts t_max years; half: half_life t_half; tau: tau lifetime", r"chain|daughter|damp|oscill"),
    formula("the basic reproduction number", r"^r ?0$|reproduction|r nought", r"\bsir\b|seir|epidemic|infect|\bsis\b", "beta/gamma | beta/(gamma + mu) | beta*N/gamma", "beta: beta infection_rate transmission_rate; gamma: gamma recovery_rate; mu: mu death_rate; N: n population", r"vaccin"),
    formula("the herd immunity threshold", r"herd|threshold", r"herd", "1 - 1/R0 | 1 - gamma/beta", "R0: r0 r_0; beta: beta; gamma: gamma"),
    formula("the endemic level", r"endemic|steady|equilib", r"\bsis\b", "1 - gamma/beta | N*(1 - gamma/beta) | 1 - 1/R0 | N*(1 - 1/R0)", "beta: beta; gamma: gamma; N: n population; R0: r0"),
    formula("the logistic curve", r"exact|analytic|theor|solution", r"logistic", "K/(1 + (K - P)/P*exp(-r*t)) | K/(1 + (K/P - 1)*exp(-r*t)) | K/(1 + a*exp(-r*t))", "K: k carrying_capacity capacity; P: p0 n0 y0 p_0 n_0 x0 pop0; r: r growth_rate rate; t: t time t_end t_final t_max; a: a", r"map"),
    formula("maximum sustainable yield", r"msy|max\w* (?:sustainable )?(?:yield|harvest)", r"harvest|yield", "r*K/4", "r: r growth_rate; K: k carrying_capacity capacity"),
    formula("the constant of motion of Lotka and Volterra", r"^v$|constant|invariant|conserved|^h$|^c$|energy|hamilton", r"lotka|predator", "d*x - c*log(x) + b*y - a*log(y)", "x: x prey u; y: y predator v pred; a: alpha a; b: beta b; c: gamma c; d: delta d"),
    formula("the peak of repeated doses", r"steady.*peak|peak.*steady|c ?max|c ?ss|theor|expected|formula|exact", r"dose", "c/(1 - exp(-k*t)) | d/v/(1 - exp(-k*t))", "c: c0 c_0; d: dose d; v: v vd volume; k: k ke kel k_e; t: tau interval dosing_interval t", r"oral|absor"),
    formula("the equilibrium of Lotka and Volterra", r"prey.*(?:eq|star|fixed|\*)|(?:eq|fixed|x ?star).*(?:prey)", r"lotka", "gamma/delta", "gamma: gamma c; delta: delta d"),
    formula("Newton's law of cooling, solved", r"exact|analytic|theor", r"cool", "room + (T - room)*exp(-k*t)", "room: T_env t_ambient ambient t_room t_inf t_a t_surroundings room room_temp t_amb t_outside ambient_temp; T: t0 t_0 t_initial t_start t_init initial_temp T temp0 t_hot; k: k rate h cooling_rate; t: t time t_end t_final minutes"),
    formula("Arrhenius' law", r"^k|rate|arrhenius", r"arrhenius", "A*exp(-Ea/(R*T))", "A: a pre_exponential a0; Ea: ea e_a activation_energy; R: r gas_constant; T: t temp temperature"),
    formula("the ideal gas law", r"pressure|^p$", r"ideal gas", "n*R*T/V | N*k*T/V", "n: n moles; R: r gas_constant; T: t temp temperature; V: v volume; N: n; k: k kb k_b"),
    formula("the rate of Michaelis and Menten", r"rate|^v$|mm|velocity", r"michaelis", "Vmax*S/(Km + S)", "Vmax: vmax v_max; S: s substrate conc x; Km: km k_m", r"inhibit|hill"),
    formula("a concentration", r"^c(?:onc\w*)?$|concentration", r"pharmaco|compartment|dose", "x/V", "x: central amount a x blood plasma body; V: v vd volume v1 vc", r"two.?compartment"),
    formula("the time of the highest concentration", r"t ?max", r"pharmaco|compartment|dose", "log(ka/ke)/(ka - ke)", "ka: ka k_a k_abs; ke: ke k_e kel k_el"),
    # tanks and heat
    formula("the time to empty a tank", r"exact|analytic|theor|empty", r"torricelli|drain|tank", "A/a*sqrt(2*h/g) | A/(Cd*a)*sqrt(2*h/g) | 2*A/a*sqrt(h/(2*g))", "A: area_tank a_tank tank_area A at area; a: area_hole a_hole hole_area a ah a_out; h: h0 h height h_0; g: g; Cd: cd c_d"),
    formula("Torricelli's speed", r"speed|velocity|^v(?: ?out| ?exit)?$|outflow|flow|^q(?: ?out)?$", r"torricelli|drain", "sqrt(2*g*h) | a*sqrt(2*g*h) | Cd*a*sqrt(2*g*h)", "g: g; h: h height level depth; a: area_hole a_hole hole_area a ah a_out; Cd: cd c_d"),
    formula("the stable step of the heat equation", r"^dt$|dt ?max|stab", r"heat|diffus|conduct", "0.5*dx^2/D | dx^2/(2*D) | 0.4*dx^2/D | 0.45*dx^2/D | 0.25*dx^2/D | 0.2*dx^2/D | 0.9*dx^2/(2*D) | 0.8*dx^2/(2*D) | 0.1*dx^2/D | 0.3*dx^2/D | dx^2/(4*D) | 0.9*dx^2/(4*D)", "dx: dx h; D: alpha d kappa diffusivity nu k"),
    formula("the mesh number of the heat equation", r"^r$|fourier|^lam\w*|^s$|^mu$|^f(?:o)?$|sigma|coef", r"heat|diffus|conduct", "D*dt/dx^2 | D*dt/(2*dx^2)", "dx: dx h; D: alpha d kappa diffusivity nu k a; dt: dt tau", r"wave|advec|schr"),
    formula("the Courant number", r"^c(?:fl)?$|courant|cfl|^r$|^nu$|^sigma$|^lam\w*$|^s$", r"wave equation|advect|courant|upwind|lax|transport", "c*dt/dx", "c: c a v u speed velocity u0; dt: dt; dx: dx h", r"diffus|heat"),
    formula("the square of the Courant number", r"c ?2$|r ?2$|courant.*sq|^s$", r"wave", "(c*dt/dx)^2 | r^2 | c^2", "c: c v speed; dt: dt; dx: dx h; r: r courant"),
    formula("the distance of grid points", r"^dx$|^h$", r"linspace|grid|mesh|nx\b", "L/(n - 1) | L/n | (b - a)/(n - 1) | (b - a)/n | L/(n + 1)", "L: l length width lx; n: n nx n_points m num_points; a: a x_min xmin x0 lower; b: b x_max xmax x1 upper", r"integra|quadrature|simpson|trapez"),
    formula("the Reynolds number", r"^re$|reynolds", r"reynolds", "rho*v*L/mu | v*L/nu", "rho: rho density; v: v u speed velocity; L: l d length diameter; mu: mu viscosity eta; nu: nu"),
    # money
    formula("the payment of an annuity", r"payment|pmt|emi|annuity|instal", r"loan|mortgage|amorti[sz]|payment", "P*r*(1 + r)^n/((1 + r)^n - 1) | P*r/(1 - (1 + r)^(-n)) | P*(r/12)*(1 + r/12)^(y*12)/((1 + r/12)^(y*12) - 1) | P*(r/12)/(1 - (1 + r/12)^(-y*12)) | P*(r/12)*(1 + r/12)^n/((1 + r/12)^n - 1) | P*(r/12)/(1 - (1 + r/12)^(-n)) | P*r*(1 + r)^y/((1 + r)^y - 1)", MONEY),
    formula("the interest of a period", r"^interest(?: paid| payment| part)?$", r"loan|mortgage|amorti[sz]|interest", "P*r | P*r/12 | P*r/m", "P: balance remaining outstanding debt bal remaining_balance loan_balance remaining_principal; r: r rate annual_rate interest_rate apr monthly_rate i mr; m: m periods_per_year n_per_year", r"compound interest|simple interest", strict=True),
    formula("the rate of a month", r"^(?:r|i|monthly rate|rate|monthly interest|monthly interest rate|mr|r monthly)$", r"monthly|mortgage|months", "r/12 | r/100/12 | r/1200", "r: annual_rate rate annual apr annual_interest_rate interest_rate yearly_rate annual_interest r", r"quarter|weekly"),
    formula("the number of months", r"^(?:n|months|n months|n payments|num payments|total payments|num months|periods)$", r"month", "12*y", "y: years term_years term n_years t years_term", r"quarter|weekly"),
    formula("compound interest", r"final|future|amount|balance|^a$|^fv$|exact|analytic|theor|expected|formula|closed", r"compound", "P*(1 + r)^y | P*(1 + r/m)^(m*y) | P*(1 + r/12)^(12*y) | P*exp(r*y) | P*(1 + r)^n | P*(1 + r/12)^n", MONEY, r"contribut|deposit each|monthly deposit|loan|mortgage"),
    formula("the future value of an annuity", r"future|^fv$|exact|analytic|theor|expected|formula|closed", r"contribut|annuity|deposit|saving", "d*((1 + r)^n - 1)/r | P*(1 + r)^n + d*((1 + r)^n - 1)/r | d*((1 + r)^n - 1)/r*(1 + r)", MONEY),
    formula("present value", r"present|^pv$|discount", r"present value|\bnpv\b|discount", "c/(1 + r)^t", "c: c cf cash cash_flow fv future_value amount flow; r: r rate discount_rate; t: t n i year years k period"),
    formula("the economic order quantity", r"eoq|order (?:quantity|size)|^q(?: ?opt| ?star)?$", r"\beoq\b|economic order|inventory", "sqrt(2*D*S/H)", "D: d demand annual_demand demand_rate; S: s order_cost setup_cost k ordering_cost k_order fixed_cost; H: h holding_cost h_cost holding hc"),
    formula("the flux of momentum in shallow water", r"flux\[1\]|^f ?2$", r"shallow|dam.?break", "q^2/h + 0.5*g*h^2 | q*u + 0.5*g*h^2 | h*u^2 + 0.5*g*h^2", "q: hu q m uh; h: h depth; u: u v vel; g: g"),
    formula("the flux of Burgers' equation", r"^f(?:lux)?$", r"burgers", "0.5*u^2", "u: u q v"),
    formula("the flux of traffic", r"^f(?:lux)?$|^q$", r"traffic && density|lwr|lighthill", "rho*v*(1 - rho/m)", "rho: rho density u q k; v: vmax v_max vf v_free v_f; m: rho_max rhomax rho_jam kj rhom"),
    # molecules
    formula("the Lennard-Jones potential", r"poten|^v$|^u$|energ|^pe$|lj|lennard|^e$", r"lennard", "4*eps*((s/r)^12 - (s/r)^6) | 4*eps*(s^12/r^12 - s^6/r^6) | 4*((1/r)^12 - (1/r)^6) | 4*eps*(q^2 - q) | 4*eps*(q*q - q) | 4*(q*q - q) | 4*eps*((s^2/r2)^6 - (s^2/r2)^3) | 4*((1/r2)^6 - (1/r2)^3) | 4*(1/r^12 - 1/r^6)", "eps: eps epsilon; s: s sigma sig; r: r dist distance rij d; q: sr6 s6 inv_r6 r6 inv6 ir6 r6i inv_r6 sig_r6; r2: r2 r_sq rsq d2 rij2 dist2", r"shifted|truncat|cut.?off|rc\b|rcut"),
    formula("the Lennard-Jones force", r"force|^f(?: mag| ?r| ?ij| over r)?$|lj|fmag", r"lennard", "24*eps*(2*(s/r)^12 - (s/r)^6)/r | 24*eps*(2*q^2 - q)/r | 24*(2*q^2 - q)/r | 24*eps*(2*q^2 - q)/r2 | 24*(2*q^2 - q)/r2 | 24*eps*(2*(s/r)^12 - (s/r)^6)/r^2 | 24*(2/r^13 - 1/r^7) | 48*(1/r^14 - 0.5/r^8) | 48*(1/r^13 - 0.5/r^7) | 24*eps/r*(2*(s/r)^12 - (s/r)^6) | 48*eps*((s/r)^12 - 0.5*(s/r)^6)/r | 48*q*(q - 0.5)/r2 | 24*eps*(2*(s^2/r2)^6 - (s^2/r2)^3)/r2 | 24*(2/r2^6 - 1/r2^3)/r2", "eps: eps epsilon; s: s sigma sig; r: r dist distance rij d; q: sr6 s6 inv_r6 r6 inv6 ir6 r6i inv_r6 sig_r6; r2: r2 r_sq rsq d2 rij2 dist2"),
    formula("the force of gravity", r"force|^f(?:g| grav)?$|^f mag", ORBIT, "G*m1*m2/r^2 | G*M*m/r^2 | GM*m/r^2 | G*m1*m2/r2 | G*m1*m2/r^3", "G: g; m1: m1 m_1; m2: m2 m_2; M: m m_sun msun m_earth; m: m mass m_planet; r: r dist distance; GM: gm mu; r2: r2 r_sq dist2 d2", r"soft"),
    formula("Coulomb's force", r"force|^f", r"coulomb|electrostat", "k*q1*q2/r^2", "k: k ke k_e coulomb_k kc; q1: q1; q2: q2; r: r dist distance", r"friction"),
    formula("the barometric formula", r"rho|density|pressure|^p$", r"atmosphere|altitude|barometric", "rho0*exp(-h/H)", "rho0: rho0 rho_0 p0 rho_sea p_0; h: h y altitude z alt height; H: h_scale scale_height hs h_s h0 H"),
    formula("Stefan and Boltzmann's law", r"power|radiat|^q|^p$|flux|loss", r"stefan|radiat", "eps*sigma*A*(T^4 - Ta^4) | sigma*A*(T^4 - Ta^4) | eps*sigma*A*T^4 | sigma*T^4 | sigma*A*T^4 | eps*sigma*T^4", "eps: eps emissivity epsilon e; sigma: sigma stefan_boltzmann sb; A: a area; T: t temp temperature; Ta: t_env t_ambient t_amb t_surr ta tenv t_room"),
    formula("linear interpolation of a control error", r"^err(?:or)?$|^e$", r"\bpid\b|control|thermostat|feedback", "sp - y", "sp: setpoint target sp ref reference r desired goal set_point; y: y x temp temperature measurement pv position state speed T level measured value current_value v", r"squared|rms|relative|analytic|exact"),
    formula("the output of a PID controller", r"^(?:u|output|control|pid|command|out|control signal|action|power|force)$", r"\bpid\b", "kp*e + ki*i + kd*d", "kp: kp k_p p_gain; ki: ki k_i; kd: kd k_d; e: e err error; i: integral i int_err integral_error sum_error i_term; d: derivative d deriv d_err derror de error_derivative"),
    formula("the derivative of a control error", r"^(?:d|deriv|derivative|d error|error derivative|de|d err|derror)$", r"\bpid\b", "(e - p)/dt", "e: e err error; p: prev_error previous_error last_error error_prev prev_err e_prev last_err pe; dt: dt", r"filter"),
    formula("the Kalman gain", r"^k(?:alman)?(?: ?gain)?$|gain", r"kalman", "P/(P + R)", "P: p p_pred p_prior cov var p_minus variance p_hat predicted_var; R: r r_var meas_var r_noise measurement_variance r_meas measurement_noise meas_noise", r"@|np\.linalg"),
    formula("Kalman's update", r"^(?:x|x est|estimate|x hat|mean|state|x post)$", r"kalman", "x + K*(z - x)", "x: x x_pred x_hat estimate x_est mean x_prior state x_minus; K: k gain kalman_gain k_gain; z: z measurement meas y obs observation", r"@"),
    formula("Kalman's variance", r"^(?:p|p est|variance|var|cov|p post)$", r"kalman", "(1 - K)*P | P - K*P | P + Q", "K: k gain kalman_gain k_gain; P: p p_pred p_prior cov var p_minus variance p_hat; Q: q process_var q_var process_variance process_noise", r"@"),
)  # fmt: skip
