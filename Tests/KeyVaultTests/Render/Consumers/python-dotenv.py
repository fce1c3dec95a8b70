# Prints what python-dotenv reads in a file of the variables that $KV_NAMES names, a NUL after each.
import os
import sys
import dotenv

values = dotenv.dotenv_values(sys.argv[1])
names = os.environ["KV_NAMES"].split()
assert set(values) == set(names), set(values) ^ set(names)
for name in names:
    sys.stdout.buffer.write(values[name].encode() + b"\0")
