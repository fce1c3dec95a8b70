// Prints what node itself was started with: KV_TEST_0, KV_TEST_1, …, a NUL after each.
for (let i = 0; `KV_TEST_${i}` in process.env; i++) process.stdout.write(process.env[`KV_TEST_${i}`] + '\0')
