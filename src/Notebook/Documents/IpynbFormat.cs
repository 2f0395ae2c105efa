// The .ipynb format, nbformat 4.5: https://nbformat.readthedocs.io/en/latest/format_description.html
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Notebook.Documents;

/// <summary>
/// Reads and writes Jupyter notebooks. Fields that this program does not know are kept, and what was read and not changed
/// is written as it was.
/// </summary>
public static class IpynbFormat
{
    /// <summary>The version of nbformat that is read and written.</summary>
    internal const int Major = 4;

    /// <summary>The member of a cell that has its attachments.</summary>
    internal const string Attachments = "attachments";

    /// <summary>Reads a notebook.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="fileName">Names the file in messages.</param>
    /// <exception cref="CommandException">The text is not JSON, or not a notebook of nbformat 2 to 4.</exception>
    public static NotebookDocument Parse(string text, string fileName = "the notebook")
    {
        if (string.IsNullOrWhiteSpace(text.TrimStart('\uFEFF')))
        {
            return new NotebookDocument();
        }

        try
        {
            var root =
                NotebookJson.Parse(text.TrimStart('\uFEFF')) as JsonObject
                ?? throw new JsonException("It is not an object");
            return IpynbReader.Read(root, text, fileName);
        }
        catch (JsonException exception)
        {
            var place = exception.LineNumber is { } line ? $"line {line + 1}: " : "";
            throw new CommandException(
                $"{fileName} is not a Jupyter notebook: {place}{NotebookJson.Reason(exception)}.",
                exception
            );
        }
        catch (Exception exception)
            when (exception is InvalidOperationException or ArgumentException or FormatException)
        {
            throw new CommandException(
                $"{fileName} is not a Jupyter notebook: {NotebookJson.Reason(exception)}.",
                exception
            );
        }
    }

    /// <summary>Writes a notebook as nbformat 4.5.</summary>
    /// <param name="document">The notebook.</param>
    /// <param name="kernel">The kernel that it names where it names none, unless it was an <c>.ipynb</c> already; null for none.</param>
    public static string Write(NotebookDocument document, DocumentKernel? kernel = null)
    {
        using var text = new StringWriter();
        IpynbWriter.Write(document, kernel, text);
        return text.ToString();
    }
}
