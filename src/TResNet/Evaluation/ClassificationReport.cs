// Precision, recall and F1 as scikit-learn's classification_report has them; over several labels also as papers on MS-COCO report them (CP, CR, CF1,
// OP, OR, OF1; Z.-M. Chen et al., arXiv 1904.03582, section 4.1).

namespace TResNet.Evaluation;

/// <summary>How rightly the classes were told apart. All shares are 0 to 1; F1 of a mean of several is not that of the means.</summary>
/// <param name="Classes">Each class.</param>
/// <param name="MultiLabel">Whether an image may have several.</param>
public sealed record ClassificationReport(IReadOnlyList<ClassCounts> Classes, bool MultiLabel)
{
    /// <summary>
    /// The mean over classes. With one class an image, a class that no image has and none was given is left out; with several, none is (as
    /// scikit-learn does for a matrix of labels).
    /// </summary>
    public (double Precision, double Recall, double F1) Macro =>
        Mean([.. Classes.Where(each => MultiLabel || each.Support + each.Predicted > 0)], _ => 1);

    /// <summary>The mean over classes, each weighted with its images.</summary>
    public (double Precision, double Recall, double F1) Weighted => Mean(Classes, each => each.Support);

    /// <summary>All answers together: OP, OR and OF1 of papers on several labels.</summary>
    public (double Precision, double Recall, double F1) Micro
    {
        get
        {
            var all = new ClassCounts(
                "",
                Classes.Sum(each => each.Support),
                Classes.Sum(each => each.Predicted),
                Classes.Sum(each => each.Right)
            );
            return (all.Precision, all.Recall, all.F1);
        }
    }

    /// <summary>CP, CR and CF1 of papers on several labels: the means over classes that occur, and the harmonic mean of these two means.</summary>
    public (double Precision, double Recall, double F1) PerClass
    {
        get
        {
            var mean = Mean([.. Classes.Where(each => each.Support > 0)], _ => 1);
            var harmonic = ClassCounts.Share(2 * mean.Precision * mean.Recall, mean.Precision + mean.Recall);
            return mean with { F1 = harmonic };
        }
    }

    /// <summary>The mean recall of the classes that occur, 0 to 1.</summary>
    public double BalancedAccuracy => PerClass.Recall;

    private static (double Precision, double Recall, double F1) Mean(
        IReadOnlyList<ClassCounts> classes,
        Func<ClassCounts, double> weight
    )
    {
        var all = classes.Sum(weight);
        return (Of(each => each.Precision), Of(each => each.Recall), Of(each => each.F1));

        double Of(Func<ClassCounts, double> value) =>
            ClassCounts.Share(classes.Sum(each => weight(each) * value(each)), all);
    }
}
