# Prints what systemd reads in an EnvironmentFile: KV_TEST_0, KV_TEST_1, …, a NUL after each. It calls
# the function that systemd itself calls for each unit, in the library where it lies.
import ctypes, glob, sys

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
for i in range(len(values)):
    sys.stdout.buffer.write(values["KV_TEST_%d" % i] + b"\0")
