# ruff: noqa: E501  (a table of laws reads best one row a line)
"""More named systems: genes, lasers, tanks, rooms, machines, reactors, economies, and the variants of epidemics.

Sources: Strogatz, Nonlinear Dynamics and Chaos; Murray, Mathematical Biology; Elowitz and Leibler (2000); Siegman, Lasers; Ogata, System
Dynamics; Nowak and May, Virus Dynamics; Lamarsh, Nuclear Reactor Theory; Szebehely, Theory of Orbits; Keeling and Rohani (2008).
"""

from __future__ import annotations

from tidegate.check.verify.known.systems import POPULATION, SICK, System, system

GENES = "m1: m1 m_1 ma m_a mlaci m_laci x1; m2: m2 m_2 mb m_b mtetr m_tetr; m3: m3 m_3 mc m_c mci m_ci; p1: p1 p_1 pa p_a placi p_laci; p2: p2 p_2 pb p_b ptetr; p3: p3 p_3 pc p_c pci; a: alpha a; a0: alpha0 alpha_0 a0 leak; n: n hill; b: beta b"
TANKS = "x1: s1 x1 m1 salt1 salt_1 q1 y1 a1 tank1 mass1; x2: s2 x2 m2 salt2 salt_2 q2 y2 a2 tank2 mass2; F: q f flow rate r flow_rate; V1: v1 volume1 v_1; V2: v2 volume2 v_2; cin: cin c_in"
LEVELS = "h1: h1 level1 x1; h2: h2 level2 x2; Q: q qin q_in inflow f_in; R1: r1 r_1; R2: r2 r_2; A1: a1 area1 a_1 a; A2: a2 area2 a_2 a; k1: k1 c1 a1 b1; k2: k2 c2 a2 b2; g: g"
ROOM = "T: T temp temperature t_room room t_in tin t_inside x; To: t_out tout t_ambient t_amb ambient outside t_env t_outside t_ext outdoor t_inf t_a; P: p power q heat heating heater p_heat q_heat u heater_power q_in; k: k ua h loss g conductance k_loss u_a loss_coefficient heat_loss; C: c capacity heat_capacity c_th c_room cp thermal_mass; R: r r_th resistance; m: m mass; c: c cp c_p specific_heat"

SYSTEMS_MORE: tuple[System, ...] = (
    # genes
    system("the repressilator", r"repressilator", "m1' = -m1 + a/(1 + p3^n) + a0 | -m1 + a/(1 + p3^n) | -m1 + a/(1 + p2^n) + a0 | -m1 + a/(1 + p2^n); m2' = -m2 + a/(1 + p1^n) + a0 | -m2 + a/(1 + p1^n) | -m2 + a/(1 + p3^n) + a0 | -m2 + a/(1 + p3^n); m3' = -m3 + a/(1 + p2^n) + a0 | -m3 + a/(1 + p2^n) | -m3 + a/(1 + p1^n) + a0 | -m3 + a/(1 + p1^n); p1' = -b*(p1 - m1); p2' = -b*(p2 - m2); p3' = -b*(p3 - m3)", GENES, POPULATION, ordered=False),
    system("the repressilator's three proteins", r"repressilator", "x' = a/(1 + z^n) - x; y' = a/(1 + x^n) - y; z' = a/(1 + y^n) - z", "x: x x1 p1 a; y: y x2 p2 b; z: z x3 p3 c; a: alpha a beta; n: n hill", POPULATION),
    system("gene expression in two steps", r"\bmrna\b|gene expression|transcription", "m' = km - dm*m; p' = kp*m - dp*p", "m: m mrna r; p: p protein prot; km: k_m km k1 alpha_m k_tx ktx alpha beta_m k_transcription transcription_rate k_r; dm: d_m dm gamma_m delta_m g_m delta mu_m deg_m gamma_r; kp: k_p kp k2 alpha_p beta k_tl ktl beta_p k_translation translation_rate; dp: d_p dp gamma_p delta_p g_p mu_p deg_p gamma", POPULATION + "|repress|feedback|autoreg|hill|oscillat"),
    system("negative autoregulation", r"autoregul|negative feedback|self.?repress", "x' = b/(1 + (x/K)^n) - a*x | b/(1 + x^n) - a*x | b*K^n/(K^n + x^n) - a*x", "x: x p protein; b: beta b k alpha; K: k kd k_d; n: n hill; a: alpha a gamma delta d", POPULATION + "|mrna"),
    # reactions
    system("Sel'kov's glycolysis", r"sel.?kov|glycoly", "x' = -x + a*y + x^2*y; y' = b - a*y - x^2*y", "x: x adp u; y: y f6p v; a: a; b: b", "higgins"),
    system("Schnakenberg's reactions", r"schnakenberg", "u' = a - u + u^2*v; v' = b - u^2*v", "u: u x; v: v y; a: a; b: b", "diffus|turing"),
    system("Schnakenberg's reactions with diffusion", r"schnakenberg", "u' = Du*Lu + a - u + u^2*v | Du*Lu + g*(a - u + u^2*v) | Lu + g*(a - u + u^2*v); v' = Dv*Lv + b - u^2*v | Dv*Lv + g*(b - u^2*v) | Dv*Lv + g*(b - u^2*v)", "u: u; v: v; Du: du d_u; Dv: dv d_v d; g: gamma; Lu: lu lap_u laplacian(u) lap(u) uxx; Lv: lv lap_v laplacian(v) lap(v) vxx"),
    system("a stirred tank reactor", r"\bcstr\b|stirred.?tank", "c' = F/V*(cf - c) - k*c | (cf - c)/tau - k*c | q/V*(cf - c) - k*c", "c: c ca c_a conc concentration; F: f q flow flow_rate; q: q flow; V: v volume; cf: cf c_in cin ca0 caf c_feed c_af ca_in c0; k: k k1; tau: tau", "exotherm|jacket|second.order|temperature", ordered=False),
    # epidemics
    system("the SEIRS model", r"\bseirs\b", "S' = -beta*S*I/N + omega*Rec | -beta*S*I + omega*Rec; E' = beta*S*I/N - sigma*E | beta*S*I - sigma*E; I' = sigma*E - gamma*I; Rec' = gamma*I - omega*Rec", SICK, POPULATION),
    system("the SEIRD model", r"\bseird\b", "S' = -beta*S*I/N | -beta*S*I; E' = beta*S*I/N - sigma*E | beta*S*I - sigma*E; I' = sigma*E - gamma*I - mud*I; Rec' = gamma*I; D' = mud*I", SICK, POPULATION),
    system("the SIR model with vaccination", r"\bsir\b|\bsirv\b && vaccin", "S' = -beta*S*I/N - nu*S | -beta*S*I - nu*S; I' = beta*S*I/N - gamma*I | beta*S*I - gamma*I; Rec' = gamma*I | gamma*I + nu*S; V' = nu*S", f"{SICK}; nu: nu v vaccination_rate vacc vax_rate p alpha; V: V vaccinated vacc", POPULATION + "|waning|birth|vital|efficacy|seir|threshold|fraction", ordered=False),
    system("a virus and its target cells", r"\bhiv\b|viral|virus && target|infected cells|virions|\bt.?cells?\b|viral (?:load|dynamics)", "T' = lam - d*T - k*T*V | -k*T*V | lam - d*T - (1 - eps)*k*T*V; I' = k*T*V - delta*I | k*T*V - delta*I | (1 - eps)*k*T*V - delta*I; V' = p*I - c*V", "T: t target healthy uninfected x target_cells tc; I: i infected y t_star ti infected_cells tstar; V: v virus virions viral_load; lam: lam lambda_ s; d: d d_t dt_ mu rho; k: k beta b; delta: delta d_i a; p: p n k_v pi_ production; c: c u clearance; eps: eps epsilon efficacy", POPULATION + "|latent|immune|eclipse|interferon", ordered=False),
    system("the spread of a rumour", r"rumou?r|daley.?kendall|maki.?thompson", "X' = -k*X*Y; Y' = k*X*Y - a*Y*(Y + Z); Z' = a*Y*(Y + Z)", "X: x i s ignorant ignorants; Y: y spreader spreaders; Z: z r stifler stiflers; k: k beta lam alpha b; a: a alpha gamma", POPULATION),
    system("Bass' diffusion of innovations", r"\bbass\b", "A' = (p + q*A/M)*(M - A)", "A: a n adopters cumulative y f adopted; p: p innovation; q: q imitation; M: m market k market_size n_total potential", POPULATION),
    # populations
    system("the spruce budworm", r"budworm", "N' = r*N*(1 - N/K) - B*N^2/(A^2 + N^2) | r*N*(1 - N/K) - N^2/(1 + N^2)", "N: n x b population; r: r; K: k q; B: b beta; A: a alpha", POPULATION),
    system("growth by von Bertalanffy", r"bertalanffy", "L' = k*(Li - L)", "L: l length x; k: k rate; Li: linf l_inf l_infinity lmax l_max linfinity", POPULATION + "|weight|mass"),
    system("mutualism", r"mutuali|symbio", "x' = r1*x*(1 - x/K1 + a12*y/K1) | r1*x*(1 - (x - a12*y)/K1); y' = r2*y*(1 - y/K2 + a21*x/K2) | r2*y*(1 - (y - a21*x)/K2)", "x: n1 x x1; y: n2 y x2; r1: r1; r2: r2; K1: k1; K2: k2; a12: a12 alpha12 alpha; a21: a21 alpha21 beta", POPULATION),
    system("a food chain of three", r"food chain|three.?species|three.?level", "x' = a*x - b*x*y; y' = -c*y + d*x*y - e*y*z; z' = -f*z + g*y*z", "x: x prey plants grass; y: y herbivores mid; z: z top predators; a: a; b: b; c: c; d: d; e: e; f: f; g: g", POPULATION + "|logistic|carrying|holling|satur"),
    # light and circuits
    system("the rate equations of a laser", r"laser && inversion|photon|carrier|lasing", "N' = P - N/tn - G*N*S | P - N/tn - G*(N - N0)*S; S' = G*N*S - S/tp | G*N*S - S/tp + b*N/tn | G*(N - N0)*S - S/tp | G*(N - N0)*S - S/tp + b*N/tn", "N: n inversion carriers carrier_density n_inv; S: s photons photon phi q n_ph i; P: p pump r r_p pump_rate j; tn: tau_n tau_2 tau2 tau_sp taun tau_sp tau_c tau_f tau_s; tp: tau_p taup tau_c tau_ph tau_cav; G: g gain g0 b; N0: n0 n_tr ntr; b: b beta beta_sp", POPULATION + "|three.?level|q.?switch"),
    system("a parallel RLC circuit", r"parallel && \brlc\b|resonan|inductor", "v' = (Is - v/R - i)/C | (-v/R - i)/C; i' = v/L", "v: v u voltage vc; i: i il i_l current; Is: is i_s i_source i_in source; R: R; L: L; C: C", "series"),
    system("a buck converter", r"\bbuck\b", "i' = (D*Vin - v)/L; v' = (i - v/R)/C", "i: i il i_l current; v: v vc v_c vout v_out; D: d duty u; Vin: vin v_in; L: L; C: C; R: R r_load rload", "boost|switching cycle"),
    system("a direct-current motor", r"motor && armature|\bdc\b|back.?emf|torque constant", "w' = (Kt*i - b*w)/J | (Kt*i - b*w - load)/J; i' = (V - R*i - Ke*w)/L", "w: w omega speed; i: i current ia i_a; Kt: kt k_t k km k_m; Ke: ke k_e k kb k_b; b: b friction damping f bm; J: j inertia; V: v voltage v_in u va; R: r resistance ra; L: l inductance la; load: load tl t_load torque_load load_torque t_l", "step ?per", ordered=False),
    # heat
    system("a heated room", r"heater|thermostat|\broom\b|house|building|\bpid\b", "T' = (P - k*(T - To))/C | (P - (T - To)/R)/C | (P - k*(T - To))/(m*c) | (P + k*(To - T))/C | (P + (To - T)/R)/C", ROOM, "wall|two.?(?:zone|node|room)|solar|window|radiat", ordered=False),
    system("two bodies that exchange heat", r"two (?:bodies|objects|blocks|bars)|thermal contact|heat exchange", "T1' = -k*(T1 - T2)/C1 | -k*(T1 - T2); T2' = k*(T1 - T2)/C2 | k*(T1 - T2)", "T1: t1 t_1 ta t_a t_hot th; T2: t2 t_2 tb t_b t_cold tc; k: k h g u conductance; C1: c1 c_1 c_a; C2: c2 c_2 c_b", "ambient|radiat|rod|grid"),
    system("a body that radiates", r"stefan|radiat && cool", "T' = -eps*sigma*A*(T^4 - Ta^4)/(m*c) | -k*(T^4 - Ta^4) | -eps*sigma*A*T^4/(m*c) | -sigma*A*(T^4 - Ta^4)/(m*c)", "T: T temp temperature; eps: eps emissivity epsilon e; sigma: sigma stefan_boltzmann sb; A: a area; Ta: t_env t_ambient t_amb t_surr ta tenv t_room t_a; m: m mass; c: c cp c_p specific_heat; k: k", "greenhouse|albedo|convect"),
    system("the energy balance of a planet", r"albedo|energy balance && planet|earth|climate", "T' = (S*(1 - a)/4 - eps*sigma*T^4)/C | (S/4*(1 - a) - sigma*T^4)/C | (S*(1 - a) - eps*sigma*T^4)/C", "T: T temp temperature; S: s s0 solar q solar_constant; a: a albedo alpha; eps: eps epsilon emissivity; sigma: sigma sb stefan_boltzmann; C: c heat_capacity c_heat capacity", "ice.?albedo|feedback|daisy|forcing"),
    # tanks
    system("salt in two tanks", r"tank && salt|brine|tracer|dye|concentration", "x1' = -F*x1/V1 | F*cin - F*x1/V1 | F*(cin - x1/V1); x2' = F*x1/V1 - F*x2/V2 | F*(x1/V1 - x2/V2)", TANKS, "recirc|back|leak|three|evapor|pump", ordered=False),
    system("the levels of two tanks", r"tank && level|height|cascade", "h1' = (Q - h1/R1)/A1 | (Q - k1*sqrt(h1))/A1 | (Q - k1*sqrt(2*g*h1))/A1 | (Q - k1*h1)/A1; h2' = (h1/R1 - h2/R2)/A2 | (k1*sqrt(h1) - k2*sqrt(h2))/A2 | (k1*sqrt(2*g*h1) - k2*sqrt(2*g*h2))/A2 | (k1*h1 - k2*h2)/A2", LEVELS, "interact|leak|three|pump", ordered=False),
    # chaos
    system("Chua's circuit", r"\bchua", "x' = a*(y - x - fx); y' = x - y + z; z' = -b*y", "x: x; y: y; z: z; a: alpha a; b: beta b; fx: f(x) fx h g(x) h(x) g f_x diode(x) chua_diode(x) nl"),
    system("Thomas' attractor", r"thomas.{0,30}attractor|cyclically symmetric", "x' = sin(y) - b*x; y' = sin(z) - b*y; z' = sin(x) - b*z", "x: x; y: y; z: z; b: b"),
    system("the Lorenz system of 1984", r"lorenz.?84|lorenz.{0,6}1984", "x' = -a*x - y^2 - z^2 + a*F; y' = x*y - b*x*z - y + G; z' = b*x*y + x*z - z", "x: x; y: y; z: z; a: a; b: b; F: f; G: g"),
    system("the Halvorsen attractor", r"halvorsen", "x' = -a*x - 4*y - 4*z - y^2; y' = -a*y - 4*z - 4*x - z^2; z' = -a*z - 4*x - 4*y - x^2", "x: x; y: y; z: z; a: a"),
    # neurons
    system("the Morris-Lecar neuron", r"morris.?lecar", "V' = (I - gL*(V - VL) - gCa*ms*(V - VCa) - gK*w*(V - VK))/C; w' = f*(ws - w)/tw | (ws - w)/tw | f*(ws - w)*lw", "V: v; w: w n; I: i iext i_ext i_app; gL: gl g_l; gCa: gca g_ca; gK: gk g_k; VL: vl v_l el e_l; VCa: vca v_ca eca e_ca; VK: vk v_k ek e_k; C: c cm; ms: m_inf minf m_ss mss m_inf(v) minf(v); ws: w_inf winf n_inf w_ss w_inf(v) winf(v); tw: tau_w tauw tau_n tau tau_w(v) tau(v); f: phi; lw: lam_w lambda_w lam"),
    system("the adaptive exponential neuron", r"adex|adaptive exponential", "V' = (-gL*(V - EL) + gL*D*exp((V - VT)/D) - w + I)/C | (-gL*(V - EL) + gL*D*exp((V - VT)/D) + I - w)/C; w' = (a*(V - EL) - w)/tw", "V: v vm u; w: w; I: i i_ext iext i_app; gL: gl g_l; EL: el e_l v_rest; D: delta_t deltat dt_ d_t delta_T; VT: vt v_t v_th vth; C: c cm; a: a; tw: tau_w tauw", POPULATION),
    # motion
    system("two coupled pendula", r"coupled pendul", "t1' = w1; t2' = w2; w1' = -g/L*t1 - k/m*(t1 - t2) | -g/L*sin(t1) - k/m*(t1 - t2) | -g/L*sin(t1) - k*(t1 - t2) | -g/L*t1 - k*(t1 - t2) | -g/L*sin(t1) - k/(m*L^2)*(t1 - t2) | -g/L*t1 - k/(m*L^2)*(t1 - t2); w2' = -g/L*t2 - k/m*(t2 - t1) | -g/L*sin(t2) - k/m*(t2 - t1) | -g/L*sin(t2) - k*(t2 - t1) | -g/L*t2 - k*(t2 - t1) | -g/L*sin(t2) - k/(m*L^2)*(t2 - t1) | -g/L*t2 - k/(m*L^2)*(t2 - t1)", "t1: t1 theta1 th1 x1 phi1; t2: t2 theta2 th2 x2 phi2; w1: w1 omega1 v1; w2: w2 omega2 v2; g: g; L: l length; k: k kc kappa k_c coupling; m: m mass", "damp"),
    system("the restricted problem of three bodies", r"restricted three.?body|\bcr3bp\b|\bcrtbp\b", "vx' = 2*vy + x - (1 - mu)*(x + mu)/r1^3 - mu*(x - 1 + mu)/r2^3; vy' = -2*vx + y - (1 - mu)*y/r1^3 - mu*y/r2^3", "x: x; y: y; vx: vx u; vy: vy v; mu: mu; r1: r1; r2: r2", "elliptic", ordered=False),
    system("Foucault's pendulum", r"foucault", "vx' = 2*w*vy - g/L*x | 2*w*vy - w0^2*x | 2*w*s*vy - g/L*x; vy' = -2*w*vx - g/L*y | -2*w*vx - w0^2*y | -2*w*s*vx - g/L*y", "x: x; y: y; vx: vx u; vy: vy v; w: omega_z wz omega w omega_eff f_eff; s: s sin_lat sinphi; g: g; L: l length; w0: omega0 w0"),
    system("a charge in crossed fields", r"e ?[x×] ?b|crossed field|electric and magnetic", "vx' = q/m*(Ex + vy*Bz) | q/m*vy*Bz | q*vy*Bz/m; vy' = q/m*(Ey - vx*Bz) | q/m*(-vx*Bz) | q*(Ey - vx*Bz)/m", "vx: vx; vy: vy; q: q charge; m: m mass; Ex: ex e_x e; Ey: ey e_y e; Bz: bz b b_z b0", "boris|relativ", ordered=False),
    system("a quarter of a car", r"quarter.?car|suspension", "vs' = (-ks*(xs - xu) - cs*(vs - vu))/ms; vu' = (ks*(xs - xu) + cs*(vs - vu) - kt*(xu - zr))/mu", "xs: xs zs x_s z_s; xu: xu zu x_u z_u; vs: vs v_s; vu: vu v_u; ks: ks k_s; cs: cs c_s; ms: ms m_s; mu: mu m_u; kt: kt k_t; zr: zr road z_r r"),
    # the rest
    system("point kinetics of a reactor", r"point (?:reactor )?kinetics|delayed neutron", "n' = (rho - b)/L*n + lam*C; C' = b/L*n - lam*C", "n: n power p neutrons; C: c precursors; rho: rho reactivity; b: beta b; L: l lambda_ gen_time generation_time lam_gen big_lambda lambda_gen gen; lam: lam lambda_ lmbda lam_d decay lambda_d", "six group|groups"),
    system("iodine and xenon", r"xenon && iodine", "I' = gI*S*phi - lI*I; X' = gX*S*phi + lI*I - lX*X - sX*phi*X", "I: i iodine; X: x xe xenon; gI: gamma_i gi y_i; gX: gamma_x gx gamma_xe y_x; S: sigma_f sf; phi: phi flux; lI: lambda_i lam_i li; lX: lambda_x lam_x lambda_xe lx; sX: sigma_x sx sigma_xe sigma_a"),
    system("glucose and insulin", r"minimal model|bergman && glucose", "G' = -(p1 + X)*G + p1*Gb | -p1*(G - Gb) - X*G; X' = -p2*X + p3*(I - Ib)", "G: g glucose; X: x; p1: p1 sg; p2: p2; p3: p3; Gb: gb g_b; I: i insulin insulin(t) i(t); Ib: ib i_b"),
    system("Solow's growth", r"\bsolow\b", "k' = s*A*k^a - (n + g + d)*k | s*k^a - (n + d)*k | s*A*k^a - d*k | s*k^a - d*k | s*A*k^a - (n + d)*k | s*k^a - (n + g + d)*k", "k: k capital; s: s saving savings_rate; A: a tfp; a: alpha; n: n pop_growth; g: g; d: delta d depreciation"),
    system("Lanchester's laws", r"lanchester", "x' = -b*y | -b*x*y; y' = -a*x | -a*x*y", "x: x a red blue r x_force; y: y b blue red g y_force; a: alpha a r1 k_a; b: beta b r2 k_b", "reinforce|guerrilla|mixed"),
    system("Richardson's arms race", r"arms race", "x' = k*y - a*x + g; y' = l*x - b*y + h", "x: x; y: y; k: k; a: a alpha; g: g; l: l; b: b beta; h: h"),
    system("Burgers' equation", r"burgers", "u' = -u*ux + nu*uxx", "u: u; ux: ux u_x dudx du_dx grad_u; nu: nu viscosity; uxx: uxx u_xx d2udx2 d2u_dx2 d2u lap"),
    system("the Bloch equations", r"\bbloch\b", "Mx' = dw*My - Mx/T2; My' = -dw*Mx - My/T2; Mz' = (M0 - Mz)/T1 | -(Mz - M0)/T1", "Mx: mx m_x; My: my m_y; Mz: mz m_z; dw: dw delta_omega domega offset omega delta w0 omega0; T1: t1; T2: t2; M0: m0 m_0 meq", "cross\\(|rabi|pulse sequence|b1", ordered=False),
)  # fmt: skip

MAPS_MORE: tuple[System, ...] = (
    system("the Lozi map", r"\blozi\b", "x' = 1 - a*abs(x) + y; y' = b*x", "x: x; y: y; a: a; b: b"),
    system("the circle map", r"circle map", "t' = t + W - K/(2*pi)*sin(2*pi*t) | t + W + K/(2*pi)*sin(2*pi*t)", "t: theta t x; W: omega w; K: k"),
    system("the Gauss map", r"gauss(?:ian)? map|mouse map", "x' = exp(-a*x^2) + b", "x: x; a: a alpha; b: b beta"),
)  # fmt: skip
