using System.Globalization;
using Notebook.Outputs;

namespace Notebook.Session.Execution;

/// <summary>Cuts what a cell emits before it chokes the front end and the file: a loop that prints forever, a result of gigabytes.</summary>
internal sealed class OutputLimit
{
    /// <summary>Characters of console output that a cell may write.</summary>
    public const int Stream = 1_000_000;

    /// <summary>Characters of one form of a value; pictures and scripts are longer than texts.</summary>
    public const int Form = 20_000_000;

    /// <summary>Characters of a value as plain text.</summary>
    public const int Text = 1_000_000;

    private long written;

    /// <summary>The output as it may be emitted; null when the cell has written enough. For one thread at a time.</summary>
    public Output? Cut(Output output) =>
        output switch
        {
            StreamOutput stream => Cut(stream),
            DisplayOutput display => display with { Data = Cut(display.Data) },
            DisplayUpdate update => update with { Data = Cut(update.Data) },
            ResultOutput result => result with { Data = Cut(result.Data) },
            _ => output,
        };

    private StreamOutput? Cut(StreamOutput stream)
    {
        var room = Stream - written;
        written += stream.Text.Length;
        return room <= 0 ? null
            : stream.Text.Length <= room ? stream
            : stream with
            {
                Text =
                    stream.Text[..(int)room]
                    + $"\n[The cell wrote more than {N(Stream)} characters; the rest is not shown. Write it to a file instead.]\n",
            };
    }

    private static MimeBundle Cut(MimeBundle data)
    {
        if (data.All(form => form.Value.Length <= Limit(form.Key)))
        {
            return data;
        }

        var cut = new MimeBundle();
        foreach (var (type, text) in data.Where(form => form.Value.Length <= Limit(form.Key)))
        {
            cut.Add(type, text);
        }

        if (data.TryGet("text/plain", out var plain) && plain.Length > Text)
        {
            cut.Add("text/plain", plain[..Text] + $"\n[cut: the value has {N(plain.Length)} characters]");
        }

        return cut.Count > 0
            ? cut
            : MimeBundle.Plain($"[not shown: the value has more than {N(Form)} characters in each of its forms]");
    }

    private static int Limit(string type) => type == "text/plain" ? Text : Form;

    private static string N(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
