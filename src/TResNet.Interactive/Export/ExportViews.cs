using System.Globalization;
using TResNet.Interactive.Tables;
using TResNet.Onnx;

namespace TResNet.Interactive.Export;

/// <summary>Shows what was written, and how to run it elsewhere.</summary>
internal static class ExportViews
{
    /// <summary>The file, and a few lines for each place to run it.</summary>
    public static View Of(OnnxFile file) => Of(file, []);

    /// <summary>The same, with how far it is from its network.</summary>
    /// <param name="file">What was written.</param>
    /// <param name="check">What a comparison gave; null where ONNX Runtime is not at hand.</param>
    public static View Of(OnnxFile file, OnnxCheck? check) => Of(file, [Words(check)]);

    /// <summary>A TorchScript file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="operators">How many it has.</param>
    /// <param name="tensors">How many it has.</param>
    /// <param name="image">What it takes.</param>
    public static View Of(string path, int operators, int tensors, ExportedImage image) =>
        new()
        {
            Title = Path.GetFileName(path),
            Parts =
            [
                new Table
                {
                    Columns = [new("what"), new("value")],
                    Rows =
                    [
                        ["size", Megabytes(new FileInfo(path).Length)],
                        ["operators", $"{operators}"],
                        ["tensors", $"{tensors}"],
                        ["input", $"x [any, {image.Channels}, any, any]"],
                    ],
                },
                $"Images: {image.Describe(null)}",
                Snippets.OfScript(path, image),
            ],
        };

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");

    private static View Of(OnnxFile file, IEnumerable<string> sentences) =>
        new()
        {
            Title = Path.GetFileName(file.Path),
            Parts =
            [
                new Table
                {
                    Columns = [new("what"), new("value")],
                    Rows = [.. Rows(file).Select(row => (Cell[])[row.What, row.Value])],
                },
                $"Operators: {string.Join(", ", file.Operators.Select(each => $"{each.Value} {each.Key}"))}.",
                $"Images: {file.Images}",
                .. new[] { file.Sizes, file.Inexact }.OfType<string>(),
                .. sentences,
                .. Snippets.Of(file),
            ],
        };

    private static IEnumerable<(string What, string Value)> Rows(OnnxFile file)
    {
        yield return ("size", Megabytes(file.Bytes));
        if (file.DataPath is { } data)
        {
            yield return ("weights", $"{Path.GetFileName(data)}, which goes where the file goes");
        }

        yield return ("opset", $"{file.Opset}");
        yield return ("precision", $"{file.Precision}".ToLowerInvariant());
        yield return ("input", file.Input);
        foreach (var output in file.Outputs)
        {
            yield return ("output", output);
        }
    }

    private static string Words(OnnxCheck? check) =>
        check is null
            ? $"Not checked, since ONNX Runtime is not here. To get it: {OnnxRuntimeLibrary.HowToGet}."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"In ONNX Runtime {check.Version} the largest difference to the network is {check.Relative:0.0e+0} of the largest result, on noise of {string.Join(" and ", check.Batches)}."
            );
}
