# Prints what systemd reads in an EnvironmentFile of the variables that $KV_NAMES names, a NUL after each. It calls
# the function that systemd itself calls for each unit, in the library that has it.
import ctypes, glob, os, sys

library = ctypes.CDLL(glob.glob("/usr/lib/*/systemd/libsystemd-shared-*.so")[0])
entries = ctypes.POINTER(ctypes.c_char_p)()
status = library.load_env_file(None, sys.argv[1].encode(), ctypes.byref(entries))
if status < 0:
    sys.exit("load_env_file: %d" % status)
values = {}
i = 0
while entries[i] is not None:
    name, value = entries[i].split(b"=", 1)
    values[name.decode()] = value
    i += 1
names = os.environ["KV_NAMES"].split()
assert set(values) == set(names), set(values) ^ set(names)
for name in names:
    sys.stdout.buffer.write(values[name] + b"\0")
