"""What runs inside the sandbox: finding the simulation, running it, and measuring what must hold."""
