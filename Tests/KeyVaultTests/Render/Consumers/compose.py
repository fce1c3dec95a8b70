# Prints what Docker Compose reads in a file: KV_TEST_0, KV_TEST_1, …, a NUL after each. The first
# argument is the program, the second says how the file is read: as the env_file of a service, as one
# with 'format: raw' (the reader of 'docker run --env-file'), or as the .env that fills ${…}.
import json, subprocess, sys, tempfile

program, how, path, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
service = {"image": "x"}
options = []
if how == "fill":
    service["environment"] = {"KV_TEST_%d" % i: "${KV_TEST_%d}" % i for i in range(count)}
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
for i in range(len(values)):
    # What it prints is to be read again, so that each dollar sign is doubled.
    sys.stdout.buffer.write(values["KV_TEST_%d" % i].replace("$$", "$").encode() + b"\0")
