using System.CommandLine;
using TResNet.Compute;
using static TorchSharp.torch;

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

    private static readonly (string Name, Precision Precision)[] LongNames =
    [
        ("bfloat16", Precision.BFloat16),
        ("float16", Precision.Float16),
    ];

    public static Option<string> Create()
    {
        var option = CommonOptions.Make(
            "--precision",
            "The type that convolutions and matrix products compute in; weights stay float32. fp16 is for GPUs.",
            Choices[0].Name,
            "type"
        );
        option.AcceptOnlyFromAmong([.. Choices.Concat(LongNames).Select(choice => choice.Name)]);

        // What train's --amp calls them is taken too, and not listed twice.
        option.CompletionSources.Clear();
        option.CompletionSources.Add([.. Choices.Select(choice => choice.Name)]);
        return option;
    }

    /// <summary>The precision that was asked for.</summary>
    /// <exception cref="TResNetException">The device does not compute in it.</exception>
    public static Precision Read(ParseResult parsed, Option<string> option, Option<string> device)
    {
        var precision = Choices.Concat(LongNames).First(choice => choice.Name == parsed.GetValue(option)).Precision;
        if (precision != Precision.Float32)
        {
            var type = precision == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float16;
            new Autocast(DeviceOption.Find(parsed.GetRequiredValue(device)), type).Dispose();
        }

        return precision;
    }
}
