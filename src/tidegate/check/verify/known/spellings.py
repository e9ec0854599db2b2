# ruff: noqa: E501  (a table reads best one row a line)
"""How programs usually spell the symbols of textbooks."""

from __future__ import annotations

from tidegate.check.verify.known.matching import plain

USUAL = {
    "alpha": "alpha a birth_rate growth_rate diffusivity",
    "beta": "beta b infection_rate transmission_rate contact_rate",
    "gamma": "gamma g recovery_rate",
    "delta": "delta d",
    "sigma": "sigma s incubation_rate",
    "rho": "rho density air_density rho_air fluid_density",
    "mu": "mu epsilon eps",
    "k": "k spring_constant stiffness k_spring ks rate rate_constant cooling_constant cooling_rate spring_k kspring",
    "m": "m mass m_kg total_mass",
    "c": "c b damping damping_coefficient friction c_damp gamma drag_coefficient k_drag drag b_drag",
    "g": "g gravity grav g0 gravity_acc G_ACC",
    "L": "L length l l0 rod_length inductance len_ pendulum_length",
    "R": "R resistance",
    "C": "C capacitance cap",
    "Ind": "L inductance ind",
    "V": "V V0 Vin v_in v_s Vs vsource v_source emf supply supply_voltage source_voltage voltage E eps_emf V_supply",
    "w": "omega omega0 omega_0 w w0 omega_n wn natural_frequency",
    "zeta": "zeta damping_ratio xi",
    "r": "r growth_rate rate intrinsic_growth_rate",
    "K": "K carrying_capacity capacity",
    "N": "N population n_total total_population pop total N_total Ntot",
    "x": "x pos position displacement disp xs q",
    "v": "v vel velocity vx speed xdot x_dot vs dxdt",
    "T": "T temp temperature",
    "room": "T_env t_ambient ambient t_room t_inf env_temp T_a t_surroundings room room_temp t_amb t_outside ambient_temp ambient_temperature t_surr Tenv",
    "theta": "theta angle th phi theta0",
    "omega": "omega w theta_dot angular_velocity thetadot dtheta omega0",
    "area": "A area cross_section cross_section_area frontal_area area_m2",
    "Cd": "Cd c_d drag_coeff drag_coefficient cd",
    "h": "h height depth level h0 y altitude z",
    "G": "G grav_const G_CONST gravitational_constant",
    "M": "M mass_sun m_sun msun m_star central_mass m_central m_earth M_sun m_planet",
    "D": "D diffusion diffusivity diff_coeff diffusion_coefficient alpha kappa",
    "Vmax": "Vmax v_max vm",
    "Km": "Km k_m km",
    "k1": "k1 ka k_1 kf kab k12 k_ab lambda1 lambda_a lam1 lam_a lambda_1 l1 k_a",
    "k2": "k2 kb k_2 kr kbc k_bc lambda2 lambda_b lam2 lam_b lambda_2 l2 k_b",
    "tau": "tau tau_m time_constant",
    "S": "S susceptible sus", "I": "I infected infectious inf", "E": "E exposed", "Rec": "R recovered removed rec",
}  # fmt: skip
SPELLINGS = {symbol: frozenset({plain(symbol), *(plain(w) for w in words.split())}) for symbol, words in USUAL.items()}


def spellings(own: str) -> dict[str, frozenset[str]]:
    """The usual spellings, with an entry's own: `"x: prey rabbits; y: foxes"`."""
    out = dict(SPELLINGS)
    for part in own.split(";"):
        symbol, _, words = part.partition(":")
        if words:
            out[symbol.strip()] = frozenset({plain(symbol.strip()), *(plain(w) for w in words.split())})
    return out
