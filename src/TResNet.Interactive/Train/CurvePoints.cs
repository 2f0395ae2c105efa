using TResNet.Training.Runs;

namespace TResNet.Interactive.Train;

/// <summary>A stretch of steps as a picture shows it.</summary>
/// <param name="Step">Its last step.</param>
/// <param name="Smoothed">The loss averaged up to there.</param>
/// <param name="Low">The lowest loss of a step in it.</param>
/// <param name="High">The highest one.</param>
/// <param name="LearningRate">The learning rate of its last step.</param>
internal readonly record struct CurvePoint(int Step, double Smoothed, double Low, double High, double LearningRate);

/// <summary>
/// The steps of a run as a picture needs them, in bounded memory however long the run gets. How many steps a point stands for follows from the
/// length of the whole run, which is known from the start: what is drawn once stays where it is.
/// </summary>
internal sealed class CurvePoints
{
    private const int Least = 20;
    private readonly List<CurvePoint> points = [];
    private readonly int stretch;
    private readonly double kept;
    private double average;
    private double gathered;

    /// <param name="steps">All steps of the run, also those to come.</param>
    /// <param name="most">The most points.</param>
    /// <param name="before">The steps that are done.</param>
    public CurvePoints(int steps, int most, IEnumerable<StepResult> before)
    {
        stretch = Math.Max(1, (int)Math.Ceiling(steps / (double)most));
        Horizon = Math.Max(Least, stretch);
        kept = 1 - 1.0 / Horizon;
        foreach (var step in before)
        {
            Add(step.Step, step.Loss, step.LearningRate);
        }
    }

    /// <summary>About how many steps the average remembers.</summary>
    public int Horizon { get; }

    /// <summary>The highest average so far; 0 before the first step.</summary>
    public double Highest { get; private set; }

    /// <summary>The points, in order.</summary>
    public IReadOnlyList<CurvePoint> Points => points;

    /// <summary>Adds the step after the last one.</summary>
    /// <remarks>A step whose loss is no number has no place on a curve.</remarks>
    public void Add(int step, double loss, double rate)
    {
        if (!double.IsFinite(loss))
        {
            return;
        }

        average = kept * average + (1 - kept) * loss;
        gathered = kept * gathered + (1 - kept);
        var smoothed = Rounded(average / gathered);
        loss = Rounded(loss);
        Highest = Math.Max(Highest, smoothed);
        if ((step - 1) % stretch == 0 || points.Count == 0)
        {
            points.Add(new CurvePoint(step, smoothed, loss, loss, rate));
            return;
        }

        var open = points[^1];
        points[^1] = new CurvePoint(step, smoothed, Math.Min(open.Low, loss), Math.Max(open.High, loss), rate);
    }

    /// <summary>The losses of single steps: each of them, or the lowest and the highest of each point.</summary>
    public IEnumerable<(int Step, double Loss)> Singles() =>
        points.SelectMany((point, i) => Singles(point, rising: i % 2 == 0));

    // More digits than a picture has pixels only make it longer.
    private static double Rounded(double loss) => Math.Round(loss, 6);

    // Up in one stretch and down in the next, so that the line crosses each once.
    private static (int Step, double Loss)[] Singles(CurvePoint point, bool rising) =>
        point.Low == point.High ? [(point.Step, point.Low)]
        : rising ? [(point.Step, point.Low), (point.Step, point.High)]
        : [(point.Step, point.High), (point.Step, point.Low)];
}
