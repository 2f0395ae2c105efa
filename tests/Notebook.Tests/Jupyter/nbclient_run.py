# Runs a notebook with a kernel through nbclient and prints the executed notebook: NOTEBOOK KERNEL_NAME.
import sys

import nbclient
import nbformat

notebook = nbformat.read(sys.argv[1], as_version=4)
nbclient.NotebookClient(notebook, kernel_name=sys.argv[2], timeout=120, allow_errors=True).execute()
nbformat.write(notebook, sys.stdout)
