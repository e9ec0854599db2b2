"""The laws known without a declaration."""

from __future__ import annotations

from functools import cache

from tidegate.check.verify.quantity.unit_table import NONE, Dims
from tidegate.check.verify.quantity.units import parse_unit

# laws: name; formula; symbol = unit.  Written from the definitions in any physics textbook.
LAWS = """
kinetic energy|K=1/2*m*v^2|K J,E J,KE J,E_k J,T J,m kg,v m/s
potential energy|U=m*g*h|U J,E J,PE J,E_p J,V J,m kg,g m/s^2,h m
newton second law|F=m*a|F N,m kg,a m/s^2
mass energy|E=m*c^2|E J,m kg,c m/s
gravitation|F=G*m*M/r^2|F N,G m^3/(kg s^2),m kg,M kg,m_1 kg,m_2 kg,r m,d m
momentum|p=m*v|p kg m/s,m kg,v m/s
work|W=F*d|W J,F N,d m
power|P=F*v|P W,F N,v m/s
power of work|P=W/t|P W,W J,t s
ohm|V=I*R|V V,I A,R ohm
electric power|P=I*V|P W,I A,V V
joule heating|P=I^2*R|P W,I A,R ohm
power in resistor|P=V^2/R|P W,V V,R ohm
ideal gas|P*V=n*R*T|P Pa,p Pa,V m^3,n mol,R J/(mol K),T K
kinematics v|v=u+a*t|v m/s,u m/s,v_0 m/s,v_i m/s,a m/s^2,t s
kinematics s|s=u*t+1/2*a*t^2|s m,d m,x m,u m/s,v_0 m/s,a m/s^2,t s
kinematics v2|v^2=u^2+2*a*s|v m/s,u m/s,v_0 m/s,a m/s^2,s m,d m,x m
speed|v=d/t|v m/s,d m,t s
density|rho=m/V|rho kg/m^3,m kg,V m^3
pressure|P=F/A|P Pa,F N,A m^2
hydrostatic|P=rho*g*h|P Pa,p Pa,rho kg/m^3,g m/s^2,h m
pendulum|T=2*pi*sqrt(L/g)|T s,L m,l m,g m/s^2
spring period|T=2*pi*sqrt(m/k)|T s,m kg,k N/m
hooke|F=-k*x|F N,k N/m,x m
spring energy|U=1/2*k*x^2|U J,E J,k N/m,x m
centripetal|a=v^2/r|a m/s^2,v m/s,r m
centripetal force|F=m*v^2/r|F N,m kg,v m/s,r m
photon|E=h*f|E J,h J s,f Hz,nu Hz
photon wavelength|E=h*c/lambda|E J,h J s,c m/s,lambda m
wave|v=f*lambda|v m/s,c m/s,f Hz,lambda m
de broglie|lambda=h/p|lambda m,h J s,p kg m/s
coulomb|F=k*q*Q/r^2|F N,k N m^2/C^2,q C,Q C,q_1 C,q_2 C,r m
capacitor|Q=C*V|Q C,q C,C F,V V
capacitor energy|U=1/2*C*V^2|U J,E J,C F,V V
inductor energy|U=1/2*L*I^2|U J,E J,L H,I A
heat|Q=m*c*DeltaT|Q J,q J,m kg,c J/(kg K),DeltaT K
escape velocity|v=sqrt(2*G*M/r)|v m/s,G m^3/(kg s^2),M kg,r m,R m
kepler|T^2=4*pi^2*a^3/(G*M)|T s,a m,r m,G m^3/(kg s^2),M kg
bernoulli|P+1/2*rho*v^2+rho*g*h=C|P Pa,p Pa,rho kg/m^3,v m/s,g m/s^2,h m,C Pa
stefan boltzmann|P=sigma*A*T^4|P W,sigma W/(m^2 K^4),A m^2,T K
lorentz|F=q*v*B|F N,q C,v m/s,B T
wire force|F=B*I*L|F N,B T,I A,L m
torque|tau=r*F|tau N m,r m,F N
rotational energy|K=1/2*I*omega^2|K J,E J,I kg m^2,omega 1/s
angular momentum|L=I*omega|L kg m^2/s,I kg m^2,omega 1/s
drag|F=1/2*rho*v^2*C_d*A|F N,F_d N,rho kg/m^3,v m/s,C_d 1,A m^2
stokes|F=6*pi*eta*r*v|F N,eta Pa s,mu Pa s,r m,v m/s
reynolds|Re=rho*v*L/mu|Re 1,rho kg/m^3,v m/s,L m,D m,mu Pa s
impulse|J=F*Deltat|J N s,F N,Deltat s
beam deflection|delta=F*L^3/(3*E*I)|delta m,F N,P N,L m,E Pa,I m^4
bending stress|sigma=M*y/I|sigma Pa,M N m,y m,I m^4
resistance|R=rho*L/A|R ohm,rho ohm m,L m,A m^2
"""


@cache
def laws() -> tuple[tuple[str, dict[str, Dims]], ...]:
    """Each law's name and the dimensions of its symbols."""
    out = []
    for line in LAWS.strip().splitlines():
        name, _, symbols = line.split("|")
        table = {}
        for item in symbols.split(","):
            symbol, _, unit = item.partition(" ")
            parsed = parse_unit(unit)
            table[symbol] = parsed.dims if parsed is not None else NONE
        out.append((name, table))
    return tuple(out)


@cache
def law_symbols() -> frozenset[str]:
    """Every symbol of every law."""
    return frozenset(s for _, table in laws() for s in table)
