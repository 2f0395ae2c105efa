using System.Globalization;
using System.IO.Enumeration;
using System.Text.RegularExpressions;

namespace TResNet.Weights.Published;

/// <summary>Weights that somebody published for a network here. Nothing is downloaded before <see cref="WeightStore"/> is asked to.</summary>
/// <param name="Name">timm's name, such as <c>tresnet_m.miil_in1k</c>: the network, and how it was trained.</param>
/// <param name="NumClasses">The classes of its classifier.</param>
/// <param name="Url">Where the file is.</param>
/// <param name="Sha256">The file's SHA-256 as far as it is known, in hexadecimal: the first digits, or null.</param>
internal sealed partial record PublishedWeights(string Name, int NumClasses, Uri Url, string? Sha256)
{
    private const string Hub = "hub";

    private static readonly PublishedWeights[] All =
    [
        .. PublishedTable.Text.Split('\n').Select(Parse).Where(w => Models.List().Any(m => m.Name == w.Model)),
    ];

    /// <summary>The network they are for; see <see cref="Models.Create"/>.</summary>
    public string Model => Name.Split('.')[0];

    /// <summary>What the file is called in the cache.</summary>
    public string FileName => Name + Path.GetExtension(Url.AbsolutePath);

    /// <summary>The weights whose names match a pattern.</summary>
    /// <param name="pattern">With <c>*</c> and <c>?</c> as in file names.</param>
    public static IReadOnlyList<PublishedWeights> List(string pattern = "*") =>
        [.. All.Where(w => FileSystemName.MatchesSimpleExpression(pattern, w.Name))];

    /// <summary>Weights by name; a network's name alone means the first of its weights, the ones that timm takes.</summary>
    /// <returns>Null if there are none of that name.</returns>
    public static PublishedWeights? Find(string name) =>
        All.FirstOrDefault(w => w.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? All.FirstOrDefault(w => w.Model.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static PublishedWeights Parse(string line)
    {
        var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var (name, classes, place) = (columns[0], int.Parse(columns[1], CultureInfo.InvariantCulture), columns[2]);
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        var url =
            place == Hub
                ? $"https://huggingface.co/timm/{name}/resolve/main/model.safetensors"
                : PublishedTable.Places[place[..slash]] + place[(slash + 1)..];
        var digits = HashInName().Match(place);
        return new PublishedWeights(name, classes, new Uri(url), digits.Success ? digits.Groups[1].Value : null);
    }

    [GeneratedRegex(@"-([0-9a-f]{8})\.pth$")]
    private static partial Regex HashInName();
}
