# Prints what python-dotenv reads in a file: KV_TEST_0, KV_TEST_1, …, a NUL after each.
import sys
import dotenv

values = dotenv.dotenv_values(sys.argv[1])
for i in range(len(values)):
    sys.stdout.buffer.write(values["KV_TEST_%d" % i].encode() + b"\0")
