// What a first training of somebody's own images is to be, from what is known before it. The numbers are ours: chosen so that folders of a hundred
// images are learned at all, and folders of thousands in minutes.

using System.Globalization;
using TResNet.Interactive.Data;
using TResNet.Interactive.Tables;

namespace TResNet.Interactive.Train;

/// <summary>A setting of the train command, and why.</summary>
/// <param name="Option">The option, such as <c>--epochs</c>.</param>
/// <param name="Value">What to give it.</param>
/// <param name="Reason">Why, in a few words.</param>
internal sealed record Suggested(string Option, string Value, string Reason);

/// <summary>The settings that fit a folder.</summary>
/// <param name="Settings">They, in the order of the command line.</param>
internal sealed record Suggestion(IReadOnlyList<Suggested> Settings)
{
    private const int LargestBatch = 64;
    private const int SmallestBatch = 8;

    // Enough for the averages of a schedule, and each of enough images to normalise by.
    private const int WantedStepsPerEpoch = 6;

    // The learning rate of the trainer's defaults, for 64 images a step.
    private const double FreshRate = 0.1;
    private const double KnowingRate = 0.02;
    private const int FreshSteps = 600;
    private const int KnowingSteps = 150;
    private const int MostEpochs = 100;
    private const int FewestEpochs = 6;
    private const int FewOfClass = 500;
    private const int TooFewToTune = 50;
    private const int Uneven = 5;

    // What somebody waits for a first result.
    private const double MostSeconds = 600;

    // A network for small pictures sees photographs at this many times the side that it is meant for.
    private const int SmallSide = 64;
    private const int MostOfSmallSide = 96;

    /// <summary>The rule.</summary>
    /// <param name="seen">The images.</param>
    /// <param name="side">The side that the network is meant for.</param>
    /// <param name="multiple">What a side that it takes is a multiple of.</param>
    /// <param name="weights">The weights that it begins with; null for fresh ones.</param>
    /// <param name="secondsOfStep">Measures a step of so many images of such a side; null to leave time out of it.</param>
    public static Suggestion For(
        DataSummary seen,
        int side,
        int multiple,
        string? weights,
        Func<int, int, double>? secondsOfStep = null
    )
    {
        var isFresh = weights is null;
        var batch = BatchFor(seen.Train);
        var plan = new StepPlan(seen.Train, batch, GradAccumSteps: 1).Fitted();
        var steps = Math.Max(1, plan.StepsPerEpoch);
        var size = SizeFor(seen, side, multiple);
        var seconds =
            steps * secondsOfStep?.Invoke(plan.BatchSize, int.Parse(size.Value, CultureInfo.InvariantCulture));
        var wanted = isFresh ? FreshSteps : KnowingSteps;
        var epochs = Math.Clamp((wanted + steps - 1) / steps, FewestEpochs, MostEpochs);
        if (seconds is { } each)
        {
            epochs = Math.Clamp((int)Math.Min(MostEpochs, MostSeconds / each), Math.Min(epochs, FewestEpochs), epochs);
        }

        var ofClass = seen.Train / Math.Max(1, seen.Classes);
        var settings = new List<Suggested>();
        if (weights is not null)
        {
            settings.Add(new("--weights", weights, "what they know of images is kept"));
        }

        settings.Add(size);
        settings.Add(
            new(
                "--batch-size",
                Text(plan.BatchSize),
                Invariant($"{seen.Train:N0} images make {plan.StepsPerEpoch:N0} steps an epoch")
            )
        );
        settings.Add(
            new(
                "--lr",
                (isFresh ? FreshRate : KnowingRate) * plan.BatchSize / LargestBatch is var rate
                    ? rate.ToString("0.####", CultureInfo.InvariantCulture)
                    : "",
                isFresh
                    ? Invariant($"{FreshRate} for {LargestBatch} images a step, in proportion")
                    : Invariant($"{KnowingRate} for {LargestBatch} images a step: weights are to be changed little")
            )
        );
        settings.Add(
            new(
                "--epochs",
                Text(epochs),
                Invariant($"{epochs * steps:N0} steps in all")
                    + (
                        seconds is null
                            ? ""
                            : $", about {DisplayText.Clock(TimeSpan.FromSeconds(epochs * seconds.Value))} on this machine without evaluation"
                    )
            )
        );
        if (isFresh && ofClass < FewOfClass && !seen.IsGrey)
        {
            settings.Add(
                new("--scale", "0.5 1", Invariant($"with {ofClass:N0} images a class, crops show most of each"))
            );
        }

        if (!isFresh && ofClass < TooFewToTune)
        {
            settings.Add(
                new(
                    "--freeze",
                    "features",
                    Invariant($"{ofClass:N0} images a class are too few to change more than the head")
                )
            );
        }

        if (!seen.IsMultiLabel && seen.Smallest.Images > 0 && seen.Largest.Images >= Uneven * seen.Smallest.Images)
        {
            settings.Add(
                new(
                    "--sampler",
                    "balanced",
                    Invariant(
                        $"{seen.Largest.Class} has {seen.Largest.Images:N0} images, {seen.Smallest.Class} {seen.Smallest.Images:N0}"
                    )
                )
            );
        }

        return new Suggestion(settings);
    }

    /// <summary>The value of an option.</summary>
    /// <exception cref="InvalidOperationException">Nothing is suggested for it.</exception>
    public string Of(string option) => Settings.Single(each => each.Option == option).Value;

    /// <summary>The settings as words of a command line.</summary>
    /// <param name="but">Options to leave out.</param>
    public string Words(params IReadOnlyList<string> but) =>
        string.Join(
            ' ',
            Settings.Where(each => !but.Contains(each.Option)).Select(each => $"{each.Option} {each.Value}")
        );

    private static int BatchFor(int images)
    {
        var batch = LargestBatch;
        while (batch > SmallestBatch && images / batch < WantedStepsPerEpoch)
        {
            batch /= 2;
        }

        return Math.Max(2, Math.Min(batch, images));
    }

    private static Suggested SizeFor(DataSummary seen, int side, int multiple)
    {
        var isSmall = side < SmallSide && !seen.IsGrey;
        var most = isSmall ? MostOfSmallSide / multiple * multiple : side;
        if (seen.ShorterSide is not { } shorter || shorter >= most)
        {
            return new(
                "--input-size",
                Text(most),
                isSmall
                    ? "photographs show little at the size that the network is meant for"
                    : "what the network is meant for"
            );
        }

        var fitting = Math.Max(Math.Min(side, MostOfSmallSide), (shorter + multiple - 1) / multiple * multiple);
        return new("--input-size", Text(fitting), Invariant($"half of the images have a side of {shorter} or less"));
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
