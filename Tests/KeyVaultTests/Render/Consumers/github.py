# Prints what a runner of GitHub Actions reads in $GITHUB_ENV of the variables that $KV_NAMES names, a
# NUL after each. The runner is in no package; these are its rules on Linux: lines end in LF alone, '<<' before any '='
# begins a value that ends before the line that is the delimiter, and its last LF is not of the value.
import os
import sys

text = open(sys.argv[1], "rb").read().decode("utf-8")
values, at = {}, 0


def line():
    global at
    if at >= len(text):
        return None
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    start, at = at, end + 1
    return text[start:end]


while (head := line()) is not None:
    if not head:
        continue
    equals, heredoc = head.find("="), head.find("<<")
    if heredoc >= 0 and (equals < 0 or heredoc < equals):
        name, delimiter = head.split("<<", 1)
        lines = []
        while (next := line()) != delimiter:
            if next is None:
                sys.exit("no end: " + name)
            lines.append(next)
        values[name] = "\n".join(lines)
    elif equals > 0:
        name, values[name] = head.split("=", 1)
    else:
        sys.exit("no variable: " + head)
names = os.environ["KV_NAMES"].split()
assert set(values) == set(names), set(values) ^ set(names)
for name in names:
    sys.stdout.buffer.write(values[name].encode() + b"\0")
