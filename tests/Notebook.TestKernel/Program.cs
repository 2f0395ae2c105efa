// The kernel without extensions, as a process that a test can start: jupyter start CONNECTION_FILE.
using Notebook;
using Notebook.Jupyter;
using Notebook.Session;
using Notebook.Session.Formatting;

Cultures.Prepare();
try
{
    using var host = new NotebookHost([]);
    await JupyterKernel.RunAsync(args[^1], host);
    return 0;
}
catch (CommandException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
