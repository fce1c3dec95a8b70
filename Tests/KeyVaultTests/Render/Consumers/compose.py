# Prints what Docker Compose reads in a file of the variables that $KV_NAMES names, a NUL after each. The
# first argument is the program, the second says how the file is read: as the env_file of a service, as one
# with 'format: raw' (the reader of 'docker run --env-file'), or as the .env that fills ${…}.
import json, os, subprocess, sys, tempfile

program, how, path = sys.argv[1:4]
names = os.environ["KV_NAMES"].split()
service = {"image": "x"}
options = []
if how == "fill":
    service["environment"] = {name: "${%s}" % name for name in names}
    options = ["--env-file", path]
else:
    file = {"path": path}
    if how == "raw":
        file["format"] = "raw"
    service["env_file"] = [file]
with tempfile.NamedTemporaryFile("w", suffix=".json") as project:
    json.dump({"name": "x", "services": {"x": service}}, project)
    project.flush()
    command = [program, *options, "-f", project.name, "config", "--format", "json"]
    result = subprocess.run(command, stdout=subprocess.PIPE, check=True)
values = json.loads(result.stdout)["services"]["x"]["environment"]
assert set(values) == set(names), set(values) ^ set(names)
for name in names:
    # What it prints is to be read again, so that each dollar sign is doubled.
    sys.stdout.buffer.write(values[name].replace("$$", "$").encode() + b"\0")
