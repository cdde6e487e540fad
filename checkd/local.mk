# Health checks and IPVS.
