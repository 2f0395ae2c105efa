using System.Globalization;
using TResNet.Interactive.Tables;
using TResNet.Training;

namespace TResNet.Interactive.Train;

/// <summary>How the loss of a training with a teacher is made up, in words.</summary>
internal static class DistillationText
{
    /// <summary>The two parts with their weights: <c>1 x cross entropy + 1 x KL divergence at temperature 4</c>.</summary>
    /// <param name="options">The recipe.</param>
    /// <param name="isMultiLabel">Whether an image may have several labels.</param>
    /// <param name="teacher">Who teaches.</param>
    public static string Of(TrainingOptions options, bool isMultiLabel, string teacher = "the teacher")
    {
        var taught = (options.HardDistillation, isMultiLabel) switch
        {
            (true, false) => $"cross entropy with the likeliest class of {teacher}",
            (true, true) => $"binary cross entropy with what {teacher} thinks likely",
            (false, false) => $"KL divergence from {teacher} at temperature {N(options.KdTemperature)}",
            (false, true) => $"binary KL divergence from {teacher} at temperature {N(options.KdTemperature)}",
        };
        return $"{N(DistillationLoss.TaskWeight(options))} x {DisplayText.Of(options.Loss)} + {N(DistillationLoss.DistillWeight(options))} x {taught}";
    }

    private static string N(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
