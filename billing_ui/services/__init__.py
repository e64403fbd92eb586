"""The use cases: verb(env, actor, command). Each owns its transactions; none calls a gateway inside one."""
