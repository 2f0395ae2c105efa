# Interrupts, restarts and ends a kernel through jupyter_client and prints what it saw: KERNEL_NAME.
import sys

from jupyter_client.manager import KernelManager

LOOP = 'Console.Write("looping"); while (true) await Task.Delay(10, Cancellation);'


def run(code):
    outputs = []
    reply = client.execute_interactive(code, timeout=60, output_hook=outputs.append)["content"]
    texts = [output["content"]["data"]["text/plain"] for output in outputs if output["msg_type"] == "execute_result"]
    print(*filter(None, [reply["status"], reply.get("ename"), *texts]), flush=True)


manager = KernelManager(kernel_name=sys.argv[1])
manager.start_kernel()
client = manager.blocking_client()
client.start_channels()
client.wait_for_ready(timeout=60)
run("var kept = 5;")

request = client.execute(LOOP)
while client.get_iopub_msg(timeout=60)["msg_type"] != "stream":
    pass
manager.interrupt_kernel()
reply = client.get_shell_msg(timeout=60)
assert reply["parent_header"]["msg_id"] == request
print(reply["content"]["status"], reply["content"]["ename"], flush=True)
run("kept")

outputs = []
client.execute_interactive(
    'Input.ReadLine("Name: ") + "!"',
    allow_stdin=True,
    stdin_hook=lambda asked: (print(asked["content"]), client.input("typed")),
    output_hook=outputs.append,
    timeout=60,
)
print(*[output["content"]["data"]["text/plain"] for output in outputs if output["msg_type"] == "execute_result"])

completed = client.complete("// \U0001F600\n#!lsm", reply=True, timeout=60)["content"]
print(completed["matches"], completed["cursor_start"], completed["cursor_end"], flush=True)

manager.restart_kernel()
client.wait_for_ready(timeout=60)
run("kept")

process = manager.provisioner.process
manager.shutdown_kernel()
print("exit code", process.returncode, flush=True)
client.stop_channels()
