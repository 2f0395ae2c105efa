namespace Tests;

/// <summary>The tour with one epoch and small networks: what is tested is that it runs, not how far it learns.</summary>
internal static class ShortTour
{
    private static readonly (string Whole, string Short)[] Changes =
    [
        ("--epochs 5", "--epochs 1"),
        ("--model resnet50 tresnet_m ", "--model resnet18 tresnet_nano --input-size 64 --round-time 0.05 "),
        ("--batch-sizes 1,8,64", "--batch-sizes 1,8"),
    ];

    /// <summary>Shortens it.</summary>
    /// <param name="tour">The text of <c>tresnet.dib</c>.</param>
    public static string Of(string tour)
    {
        foreach (var (whole, small) in Changes)
        {
            Assert.Contains(whole, tour, StringComparison.Ordinal);
            tour = tour.Replace(whole, small, StringComparison.Ordinal);
        }

        return tour;
    }
}
