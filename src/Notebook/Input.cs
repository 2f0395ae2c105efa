// Questions of a cell to the person in front of it (Jupyter messaging spec, "Messages on the stdin channel").
using Notebook.Outputs;
using Notebook.Session.Execution;

namespace Notebook;

/// <summary>Asks the reader of the notebook. <see cref="Console.ReadLine"/> asks too, without a prompt of its own.</summary>
/// <example><code>var key = Input.Password("API key: ");</code></example>
public static class Input
{
    /// <summary>Asks for a line of text and waits for it.</summary>
    /// <param name="prompt">The question.</param>
    /// <exception cref="CommandException">Nobody can answer: see <see cref="Password"/>.</exception>
    /// <exception cref="OperationCanceledException">The cell was interrupted.</exception>
    public static string ReadLine(string prompt = "") =>
        CellContext.AskNow(new InputQuestion(prompt, IsPassword: false));

    /// <summary>Asks for a line of text that is not shown while it is typed, and waits for it.</summary>
    /// <param name="prompt">The question.</param>
    /// <exception cref="CommandException">
    /// Nobody can answer: no cell is running, the front end takes no questions, or the notebook runs without one.
    /// </exception>
    /// <exception cref="OperationCanceledException">The cell was interrupted.</exception>
    public static string Password(string prompt = "Password: ") =>
        CellContext.AskNow(new InputQuestion(prompt, IsPassword: true));
}
