// Prints what node itself was started with of the variables that $KV_NAMES names, a NUL after each.
for (const name of process.env.KV_NAMES.split(' ')) process.stdout.write(process.env[name] + '\0')
