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

    /// <summary>The same of a quantised file.</summary>
    /// <param name="file">What was written.</param>
    /// <param name="check">What a comparison gave; null where ONNX Runtime is not at hand.</param>
    public static View Of(OnnxFile file, QuantizedCheck? check) => Of(file, [Words(check)]);

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

    private static readonly string NotChecked =
        $"Not checked, since ONNX Runtime is not here. To get it: {OnnxRuntimeLibrary.HowToGet}.";

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
                .. new[]
                {
                    file.Sizes,
                    file.Inexact,
                    file.Quantization is { } how ? $"Quantised: {how}" : null,
                }.OfType<string>(),
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
        yield return ("precision", file.Quantization is null ? $"{file.Precision}".ToLowerInvariant() : "int8");
        yield return ("input", file.Input);
        foreach (var output in file.Outputs)
        {
            yield return ("output", output);
        }
    }

    private static string Words(OnnxCheck? check) =>
        check is null
            ? NotChecked
            : string.Create(
                CultureInfo.InvariantCulture,
                $"In ONNX Runtime {check.Version} the largest difference to the network is {check.Relative:0.0e+0} of the largest result, on noise of {string.Join(" and ", check.Batches)}."
            );

    private static string Words(QuantizedCheck? check)
    {
        if (check is null)
        {
            return NotChecked;
        }

        var classes = check.Agreement is { } agreement
            ? $"the first class is the network's for {DisplayText.Percent(agreement)} of {check.Images:N0} images that it was not calibrated on, and "
            : "";
        return $"In ONNX Runtime {check.Version} {classes}the largest difference to the network is {DisplayText.Percent(check.Relative)} of the largest result.";
    }
}
