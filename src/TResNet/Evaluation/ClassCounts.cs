namespace TResNet.Evaluation;

/// <summary>How often a class was there, was said, and was both; a share of nothing is 0, as with scikit-learn's <c>zero_division=0</c>.</summary>
/// <param name="Class">The class.</param>
/// <param name="Support">How many images have it.</param>
/// <param name="Predicted">How many images the network gave it to.</param>
/// <param name="Right">How many of these have it.</param>
public sealed record ClassCounts(string Class, int Support, int Predicted, int Right)
{
    /// <summary>The share of its answers that is right, 0 to 1.</summary>
    public double Precision => Share(Right, Predicted);

    /// <summary>The share of its images that is found, 0 to 1.</summary>
    public double Recall => Share(Right, Support);

    /// <summary>The harmonic mean of precision and recall, 0 to 1.</summary>
    public double F1 => Share(2.0 * Right, Support + Predicted);

    /// <summary>A share; 0 of nothing.</summary>
    internal static double Share(double part, double all) => all == 0 ? 0 : part / all;
}
