using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;
using Notebook.Outputs;
using Notebook.Session.Execution;
using Notebook.Session.Formatting;

namespace Notebook.DotNetInteractive;

/// <summary>.NET Interactive's events as a cell's outputs, and the other way round.</summary>
internal static class KernelOutputs
{
    /// <summary>What a cell shows of an event; null where that is nothing.</summary>
    public static Output? Of(KernelEvent published) =>
        published switch
        {
            DisplayedValueUpdated updated when !ShownValue.HasShown(updated.ValueId) => new DisplayUpdate(
                Bundle(updated),
                updated.ValueId
            ),
            DisplayedValueUpdated => null,
            StandardOutputValueProduced written => new StreamOutput(StreamKind.Stdout, Text(written)),
            StandardErrorValueProduced written => new StreamOutput(StreamKind.Stderr, Text(written)),
            // Whoever asked throws it.
            ErrorProduced { Command: RequestInput or RequestInputs } => null,
            ErrorProduced error => new StreamOutput(StreamKind.Stderr, error.Message + "\n"),
            DisplayedValueProduced
            or ReturnValueProduced when published is DisplayEvent shown && !ShownValue.HasShown(shown.ValueId) =>
                new DisplayOutput(Bundle(shown), shown.ValueId),
            _ => null,
        };

    /// <summary>An output of a submission as the event that says so; null where there is none: of an error, that the submission fails is what says so.</summary>
    public static KernelEvent? ToEvent(Output output, KernelCommand command) =>
        output switch
        {
            StreamOutput { Stream: StreamKind.Stdout } written => new StandardOutputValueProduced(
                command,
                [new FormattedValue(PlainTextFormatter.MimeType, written.Text)]
            ),
            StreamOutput written => new StandardErrorValueProduced(
                command,
                [new FormattedValue(PlainTextFormatter.MimeType, written.Text)]
            ),
            DisplayOutput shown => new DisplayedValueProduced(null, command, Formatted(shown.Data), shown.DisplayId),
            DisplayUpdate updated => new DisplayedValueUpdated(
                null,
                updated.DisplayId,
                command,
                Formatted(updated.Data)
            ),
            ResultOutput result => new ReturnValueProduced(result.Value, command, Formatted(result.Data)),
            _ => null,
        };

    private static IReadOnlyList<FormattedValue> Formatted(MimeBundle data) =>
        [.. data.Select(each => new FormattedValue(each.Key, each.Value))];

    private static string Text(DisplayEvent shown) => string.Concat(shown.FormattedValues.Select(each => each.Value));

    private static MimeBundle Bundle(DisplayEvent shown) => ValueFormatting.Of(shown.FormattedValues, shown.Value);
}
