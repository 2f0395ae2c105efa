# A Jupyter kernel as its front end finds it. Starts the command line given after the language, with {connection_file} in it, for each line
# it is sent: "start", "session", "long" or "charts". Answers with a line of JSON: times in milliseconds, memory in MB.
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version

import zmq
from jupyter_client import BlockingKernelClient
from jupyter_client.connect import write_connection_file

PATIENCE = 60
SESSION = 100
LONG_SESSION = 1000
ASKED = 40

# What people type between two thoughts: an expression, a variable, one that uses earlier ones, a query, output, a function.
CELLS = {
    "csharp": [
        "{i} + 1",
        "var v{i} = {i};",
        "v{b} * 2 + v1",
        "Enumerable.Range(0, 10).Where(x => x % 2 == v1).Sum()",
        'Console.WriteLine($"cell {i}: {{v{d}}}");',
        "int F{i}(int x) => x + v{e};",
        "var s{i} = string.Join(' ', new[] {{ F{f}(1), v1 }});",
        "foreach (var x in new[] {{ 1, 2 }}) {{ v1 += x; }}",
        "s{h}.Length",
        "v1 = 1; s{j}",
    ],
    "python": [
        "{i} + 1",
        "v{i} = {i}",
        "v{b} * 2 + v1",
        "sum(x for x in range(10) if x % 2 == v1)",
        "print(f'cell {i}: {{v{d}}}')",
        "def F{i}(x): return x + v{e}",
        "s{i} = ' '.join(str(x) for x in (F{f}(1), v1))",
        "for x in (1, 2): v1 += x",
        "len(s{h})",
        "v1 = 1; s{j}",
    ],
}
CHART = 10
# What has to be referenced, and a chart: the project's own, and Plotly.NET's in the same kernel.
CHARTS = {
    "csharp": (
        "1 + 1",
        "new Figure {{ Data = [new Scatter {{ X = new[] {{ 1, 2, 3 }}, Y = new[] {{ 3, 1, {i} }}, Name = \"loss\" }}] }}",
    ),
    "plotly.net": (
        '#r "nuget: Plotly.NET, 6.0.0"\n#r "nuget: Plotly.NET.CSharp, 0.14.0"',
        'Plotly.NET.CSharp.Chart.Line<int, int, string>(new[] {{ 1, 2, 3 }}, new[] {{ 3, 1, {i} }}, Name: "loss")',
    ),
}
QUESTIONS = {"csharp": ("v91.", "Enumerable.Range"), "python": ("v91.", "str.join")}


def cell(language, i):
    """The i-th cell; b to j are the cells it refers to, of the same ten."""
    kinds = CELLS[language]
    ten = i - i % len(kinds)
    names = {"b": ten + 1, "d": ten + 1, "e": ten + 1, "f": ten + 5, "h": ten + 6, "j": ten + 6}
    return kinds[i % len(kinds)].format(i=i, **names)


class Kernel:
    """A running kernel and its front end."""

    def __init__(self, argv):
        self.folder = tempfile.TemporaryDirectory()
        file = os.path.join(self.folder.name, "connection.json")
        write_connection_file(file, ip="127.0.0.1")
        # The history of whoever runs this stays as it is, and ipykernel's debugger keeps quiet about what it cannot step into.
        folders = {name: self.folder.name for name in ("HOME", "XDG_DATA_HOME", "IPYTHONDIR")}
        packages = os.environ.get("NUGET_PACKAGES", os.path.expanduser("~/.nuget/packages"))
        environment = {**os.environ, **folders, "PYDEVD_DISABLE_FILE_VALIDATION": "1", "NUGET_PACKAGES": packages}
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            [word.replace("{connection_file}", file) for word in argv], env=environment, stdout=subprocess.DEVNULL
        )
        # A socket that finds nobody listening asks again after this, so that the kernel is not waited for when it is there.
        self.client = BlockingKernelClient(connection_file=file)
        self.client.context.setsockopt(zmq.RECONNECT_IVL, 5)
        self.client.load_connection_file()
        self.client.start_channels(stdin=False, hb=False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.shutdown()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.client.stop_channels()
        self.client.context.term()
        self.folder.cleanup()

    def first(self, code):
        """Milliseconds from the start of the process until a cell's reply."""
        self.reply(self.client.execute(code))
        return self.since(self.began)

    def run(self, code):
        """Milliseconds from a cell's request until the kernel is idle again."""
        began = time.perf_counter()
        request = self.client.execute(code)
        while True:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            if (
                message["parent_header"].get("msg_id") == request
                and message["msg_type"] == "status"
                and message["content"]["execution_state"] == "idle"
            ):
                break
        taken = self.since(began)
        self.reply(request)
        return taken

    def ask(self, request, check):
        """Milliseconds from a request until its reply."""
        began = time.perf_counter()
        content = self.reply(request())
        taken = self.since(began)
        if not check(content):
            raise SystemExit(f"The kernel answered {content}.")
        return taken

    def reply(self, request):
        while True:
            message = self.client.get_shell_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") == request:
                content = message["content"]
                if content["status"] != "ok":
                    raise SystemExit("The cell failed: " + "\n".join(content.get("traceback", [str(content)])))
                return content

    def memory(self):
        """Resident memory, and whether libtorch is in it."""
        with open(f"/proc/{self.process.pid}/status") as status:
            resident = int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) * 1024 / 1e6
        with open(f"/proc/{self.process.pid}/maps") as maps:
            return resident, "libtorch" in maps.read()

    def cpu(self):
        """Seconds of processor time so far, which a busy machine changes less than the clock's."""
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @staticmethod
    def since(began):
        return (time.perf_counter() - began) * 1000


def start(language, argv):
    with Kernel(argv) as kernel:
        return {"first": kernel.first("1 + 1")}


def session(language, argv):
    complete, inspect = QUESTIONS[language]
    with Kernel(argv) as kernel:
        kernel.first("1 + 1")
        cells = [kernel.run(cell(language, i)) for i in range(SESSION)]
        client = kernel.client
        completions = [kernel.ask(lambda: client.complete(complete), lambda reply: reply["matches"]) for _ in range(ASKED)]
        inspections = [kernel.ask(lambda: client.inspect(inspect), lambda reply: reply["found"]) for _ in range(ASKED)]
        resident, torch = kernel.memory()
        return {
            # What is asked for the first time is not warm.
            "cells": cells[SESSION // 2 :],
            "completions": completions[1:],
            "inspections": inspections[1:],
            "resident": resident,
            "torch": torch,
        }


def long(language, argv):
    with Kernel(argv) as kernel:
        kernel.first("1 + 1")
        for i in range(SESSION):
            kernel.run(cell(language, i))
        (resident, _), cpu = kernel.memory(), kernel.cpu()
        for i in range(SESSION, SESSION + LONG_SESSION):
            kernel.run(cell(language, i))
        return {
            "growth": kernel.memory()[0] - resident,
            "cpu": (kernel.cpu() - cpu) / LONG_SESSION * 1000,
        }


def charts(language, argv):
    reference, chart = CHARTS[language]
    with Kernel(argv) as kernel:
        kernel.first("1 + 1")
        resident, _ = kernel.memory()
        times = [kernel.run(code) for code in (reference, *(chart.format(i=i) for i in range(CHART)))]
        return {
            "reference": times[0],
            "first": times[1],
            "later": times[2:],
            "resident": kernel.memory()[0] - resident,
        }


def main():
    language, argv = sys.argv[1], sys.argv[2:]
    print({"python": "ipykernel " + version("ipykernel"), "plotly.net": "Plotly.NET 6.0.0"}.get(language, "tresnet"), flush=True)
    for line in sys.stdin:
        print(json.dumps({"start": start, "session": session, "long": long, "charts": charts}[line.strip()](language, argv)), flush=True)


main()
