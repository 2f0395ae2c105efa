using System.CommandLine;
using TResNet.Training;

namespace TResNet.Interactive.Commands;

/// <summary>The option that says in which type a measurement computes.</summary>
internal static class PrecisionOption
{
    private static readonly (string Name, Precision Precision)[] Choices =
    [
        ("float32", Precision.Float32),
        ("bf16", Precision.BFloat16),
        ("fp16", Precision.Float16),
    ];

    public static Option<string> Create()
    {
        var option = CommonOptions.Make(
            "--precision",
            "The type that convolutions and matrix products compute in; weights stay float32. fp16 is for GPUs.",
            Choices[0].Name,
            "type"
        );
        option.AcceptOnlyFromAmong([.. Choices.Select(choice => choice.Name)]);
        return option;
    }

    public static Precision Read(ParseResult parsed, Option<string> option) =>
        Choices.First(choice => choice.Name == parsed.GetValue(option)).Precision;
}
