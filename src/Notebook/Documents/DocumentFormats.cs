// Which file extension is which format, and files read and written whole.
using System.Text;

namespace Notebook.Documents;

/// <summary>Reads and writes notebooks as files, by extension: <c>.dib</c> and <c>.ipynb</c>.</summary>
public static class DocumentFormats
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a notebook.</summary>
    /// <param name="path">A <c>.dib</c> or <c>.ipynb</c> file.</param>
    /// <exception cref="CommandException">There is no such file, or it is not a notebook.</exception>
    public static NotebookDocument Read(string path)
    {
        var extension = Known(path);
        var text = ReadText(path);
        return extension == ".dib"
            ? DibFormat.Parse(text, Path.GetFileName(path))
            : IpynbFormat.Parse(text, Path.GetFileName(path));
    }

    /// <summary>Writes a notebook; the file appears whole or not at all.</summary>
    /// <param name="document">The notebook.</param>
    /// <param name="path">A <c>.dib</c> or <c>.ipynb</c> file; what is there is replaced.</param>
    /// <param name="kernel">The kernel that a new <c>.ipynb</c> names where the notebook names none; null for none.</param>
    /// <exception cref="CommandException">The extension is another, or the file cannot be written.</exception>
    public static void Write(NotebookDocument document, string path, DocumentKernel? kernel = null)
    {
        if (Known(path) == ".dib")
        {
            AtomicFile.Write(path, DibFormat.Write(document, kernel));
        }
        else
        {
            AtomicFile.Write(path, (TextWriter text) => IpynbWriter.Write(document, kernel, text));
        }
    }

    private static string Known(string path) =>
        Path.GetExtension(path).ToLowerInvariant() is ".dib" or ".ipynb"
            ? Path.GetExtension(path).ToLowerInvariant()
            : throw new CommandException($"'{path}' is no notebook: the name should end in .dib or .ipynb.");

    internal static string ReadText(string path, string kind = "notebook")
    {
        try
        {
            return Utf8.GetString(File.ReadAllBytes(path));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"There is no {kind} '{path}'.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"'{path}' cannot be read: {exception.Message}", exception);
        }
        catch (DecoderFallbackException exception)
        {
            throw new CommandException($"'{path}' is not UTF-8 text. Save it as UTF-8.", exception);
        }
    }
}
