# Jupyter's own test of kernels (jupyter_kernel_test) with samples in our language, to standard output: KERNEL_NAME.
import sys
import unittest

import jupyter_kernel_test


class CSharp(jupyter_kernel_test.KernelTests):
    kernel_name = sys.argv[1]
    language_name = "csharp"
    file_extension = ".cs"
    code_hello_world = 'Console.WriteLine("hello, world");'
    code_stderr = 'Console.Error.WriteLine("oh no");'
    completion_samples = [
        {"text": "Math.Sqr", "matches": {"Sqrt"}},
        {"text": "var faces = \"\U0001F600\"; faces.Leng", "matches": {"Length"}},
        {"text": "#!lsm", "matches": {"#!lsmagic"}},
        {"text": "1 + 1\n#!mark", "matches": {"#!markdown"}},
        {"text": "#!time --he", "matches": {"--help"}},
    ]
    complete_code_samples = ["1 + 1", "var x = 1;", "class C { }", "#!lsmagic", "#!markdown\n(", "// only a comment", ""]
    incomplete_code_samples = ["class C {", "Math.Max(1,", "if (true)\n{", "var x =", "/* open", 'var s = """']
    invalid_code_samples = ["1 + ) 2;", "var s = \"open"]
    code_generate_error = 'throw new InvalidOperationException("meant");'
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "string.Concat(\"a\", 'b')", "result": "ab"},
        {"code": "new[] { 1, 2 }", "mime": "text/html"},
        {"code": "(object)null", "mime": "text/plain"},
    ]
    code_display_data = [
        {"code": "display(42);", "mime": "text/plain"},
        {"code": "#!html\n<b>bold</b>", "mime": "text/html"},
        {"code": "#!markdown\n*text*", "mime": "text/markdown"},
        {"code": "#!javascript\n1;", "mime": "application/javascript"},
    ]
    supported_history_operations = ("tail", "range", "search")
    code_history_pattern = "6 ? 7*"
    code_inspect_sample = "Math.Sqrt"
    code_clear_output = "ClearOutput();"

    def execute_helper(self, *arguments, **options):
        # The original waits a tenth of a second for each message, which a machine that does other work too may not keep.
        channel = self.kc.iopub_channel
        get_msg = channel.get_msg
        channel.get_msg = lambda timeout: get_msg(timeout=timeout + 10)
        try:
            return super().execute_helper(*arguments, **options)
        finally:
            channel.get_msg = get_msg


suite = unittest.defaultTestLoader.loadTestsFromTestCase(CSharp)
result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
sys.exit(0 if result.wasSuccessful() else 1)
