using System.CommandLine;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Interactive.Commands;

/// <summary>The option that says in which type a measurement computes.</summary>
internal static class ComputeTypeOption
{
    private static readonly (string Name, ComputeType ComputeType)[] Choices =
    [
        ("float32", ComputeType.Float32),
        ("bf16", ComputeType.BFloat16),
        ("fp16", ComputeType.Float16),
    ];

    private static readonly (string Name, ComputeType ComputeType)[] LongNames =
    [
        ("bfloat16", ComputeType.BFloat16),
        ("float16", ComputeType.Float16),
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
    public static ComputeType Read(ParseResult parsed, Option<string> option, Option<string> device)
    {
        var computeType = Choices.Concat(LongNames).First(choice => choice.Name == parsed.GetValue(option)).ComputeType;
        if (computeType != ComputeType.Float32)
        {
            var type = computeType == ComputeType.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float16;
            new Autocast(DeviceOption.Find(parsed.GetRequiredValue(device)), type).Dispose();
        }

        return computeType;
    }
}
