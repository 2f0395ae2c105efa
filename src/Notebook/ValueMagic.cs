using System.CommandLine;
using Notebook.Language;
using Notebook.Outputs;
using Notebook.Session.Execution;

namespace Notebook;

/// <summary><c>#!value</c>: text that a notebook keeps by name, written in a cell or taken from a file, an address or the reader.</summary>
internal static class ValueMagic
{
    public static Command Of(NotebookHost host)
    {
        var name = new Option<string>("--name")
        {
            Description = "What it is kept as.",
            Required = true,
            HelpName = "name",
        };
        var file = new Option<FileInfo?>("--from-file") { Description = "A file with the text.", HelpName = "file" };
        var address = new Option<string?>("--from-url")
        {
            Description = "An address with the text.",
            HelpName = "address",
        };
        var value = new Option<string?>("--from-value")
        {
            Description = "The text itself; @name for a variable's, @input:prompt or @password:prompt to ask for it.",
            HelpName = "text",
        };
        var mimeType = new Option<string?>("--mime-type")
        {
            Description = "Shows the text too, as what it is, for example text/html or application/json.",
            HelpName = "type",
        };
        var command = new Command(
            CellSplitter.ValueName,
            "Keeps the lines below it as a text, which #!share --from value and #!set --value @value:name take."
        )
        {
            name,
            file,
            address,
            value,
            mimeType,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var below = CellContext.Current?.Below ?? "";
                string[] sources =
                [
                    .. new Option[] { file, address, value }
                        .Where(each => parsed.GetResult(each) is not null)
                        .Select(each => each.Name),
                    .. string.IsNullOrWhiteSpace(below) ? Array.Empty<string>() : ["the lines below"],
                ];
                if (sources.Length != 1)
                {
                    throw new CommandException(
                        sources.Length == 0
                            ? "#!value has no text: write it on the lines below, or name it with --from-file, --from-url or --from-value."
                            : $"#!value takes its text from one place, and there are {string.Join(" and ", sources)}: leave one."
                    );
                }

                var text =
                    parsed.GetValue(file) is { } path ? await ReadAsync(path, cancellation)
                    : parsed.GetValue(address) is { } url ? await FetchAsync(url, cancellation)
                    : parsed.GetValue(value) ?? below;
                host.Values[parsed.GetRequiredValue(name)] = text;
                if (parsed.GetValue(mimeType) is { } type)
                {
                    CellContext.Current?.Emit(
                        new DisplayOutput(new MimeBundle { { type, text }, { MimeTypes.Plain, text } })
                    );
                }
            }
        );
        return command;
    }

    private static async Task<string> ReadAsync(FileInfo path, CancellationToken cancellation)
    {
        var file = CellContext.Current?.Files.Resolve(path.ToString()) ?? path.FullName;
        try
        {
            return await File.ReadAllTextAsync(file, cancellation);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                $"--from-file {path} cannot be read ({exception.Message.TrimEnd('.')}): check the path.",
                exception
            );
        }
    }

    private static async Task<string> FetchAsync(string address, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new CommandException($"--from-url {address} is no address: it begins with https://.");
        }

        try
        {
            using var client = new HttpClient();
            return await client.GetStringAsync(uri, cancellation);
        }
        catch (HttpRequestException exception)
        {
            throw new CommandException(
                $"--from-url {address} cannot be fetched ({exception.Message.TrimEnd('.')}): check the address.",
                exception
            );
        }
    }
}
