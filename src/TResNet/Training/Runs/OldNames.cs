// Runs that were begun before an option had its present name go on.

using System.Text.Json;
using System.Text.Json.Nodes;

namespace TResNet.Training.Runs;

/// <summary>The names that a run's description had for what has another name now.</summary>
internal static class OldNames
{
    private static readonly Dictionary<string, string> Now = new()
    {
        ["Accumulation"] = nameof(TrainingOptions.GradAccumSteps),
        ["ClipNorm"] = nameof(TrainingOptions.ClipGrad),
        ["EmaDecay"] = nameof(TrainingOptions.ModelEmaDecay),
        ["HeldOutData"] = nameof(TrainingRun.ValidationData),
        ["HeldOutLoss"] = nameof(EpochResult.ValidationLoss),
        ["Precision"] = nameof(TrainingOptions.ComputeType),
        ["Schedule"] = nameof(TrainingOptions.Scheduler),
        ["StepEpochs"] = nameof(TrainingOptions.DecayEpochs),
        ["StepFactor"] = nameof(TrainingOptions.DecayRate),
    };

    /// <summary>The description with the present names, in all that it holds.</summary>
    public static JsonNode? Replace(JsonNode? node) =>
        node switch
        {
            JsonObject values => WithoutWarmup(
                new JsonObject(
                    values.Select(p => KeyValuePair.Create(Now.GetValueOrDefault(p.Key, p.Key), Replace(p.Value)))
                )
            ),
            JsonArray values => new JsonArray([.. values.Select(Replace)]),
            _ => node?.DeepClone(),
        };

    // An average that began before there was a warm-up goes on without.
    private static JsonObject WithoutWarmup(JsonObject values)
    {
        const string Warmup = nameof(TrainingOptions.ModelEmaWarmup);
        if (
            !values.ContainsKey(Warmup)
            && values[nameof(TrainingOptions.ModelEmaDecay)] is JsonValue decay
            && decay.GetValueKind() == JsonValueKind.Number
            && decay.GetValue<double>() > 0
        )
        {
            values[Warmup] = false;
        }

        return values;
    }
}
