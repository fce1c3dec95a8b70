# Prints what PyYAML or Python's json reads in a file of the variables that $KV_NAMES names, a NUL
# after each. Of a Secret of Kubernetes, what a pod would be given.
import base64, json, os, sys
import yaml

kind, path = sys.argv[1], sys.argv[2]
with open(path, encoding="utf-8", newline="") as file:
    values = json.load(file) if kind == "json" else yaml.safe_load(file)
if kind == "k8s-secret":
    assert values["apiVersion"] == "v1" and values["kind"] == "Secret", values
    values = {name: base64.b64decode(value, validate=True) for name, value in values["data"].items()}
else:
    values = {name: value.encode() for name, value in values.items()}
names = os.environ["KV_NAMES"].split()
assert set(values) == set(names), set(values) ^ set(names)
for name in names:
    sys.stdout.buffer.write(values[name] + b"\0")
