# Runs a notebook with a kernel through nbclient and prints the executed notebook: KERNEL_NAME NOTEBOOK.
import sys

import nbclient
import nbformat

notebook = nbformat.read(sys.argv[2], as_version=4)
nbclient.NotebookClient(notebook, kernel_name=sys.argv[1], timeout=900, allow_errors=True).execute()
nbformat.write(notebook, sys.stdout)
