using System.IO.Enumeration;
using TResNet.Architectures;

namespace TResNet;

/// <summary>Every network by name.</summary>
/// <example><c>using var model = Models.Create("tresnet_m", numClasses: 10);</c></example>
public static class Models
{
    private static readonly Architecture[] Known =
    [
        .. TResNetFamily.All,
        .. ResNetFamily.All,
        .. MobileNetV2Family.All,
        .. MnasNetFamily.All,
        .. EfficientNetFamily.All,
        .. MixNetFamily.All,
    ];

    /// <summary>Builds a network with fresh weights.</summary>
    /// <param name="name">Its name; see <see cref="List"/>.</param>
    /// <param name="numClasses">Length of its output, at least 1.</param>
    /// <param name="inChans">Channels of its input, at least 1.</param>
    /// <exception cref="TResNetException">There is no such network, or a number is out of range.</exception>
    public static Network Create(string name, int numClasses = 1000, int inChans = 3) =>
        Describe(name).Build(numClasses, inChans);

    /// <summary>The networks whose names match a pattern, in order of family and size.</summary>
    /// <param name="pattern">With <c>*</c> and <c>?</c> as in file names.</param>
    public static IReadOnlyList<ModelInfo> List(string pattern = "*") =>
        [.. Known.Select(a => a.Info).Where(i => FileSystemName.MatchesSimpleExpression(pattern, i.Name))];

    /// <summary>What a network is, as data: change it with <c>with</c> and build the variant.</summary>
    /// <param name="name">Its name; see <see cref="List"/>.</param>
    /// <exception cref="TResNetException">There is no such network.</exception>
    public static Architecture Describe(string name) =>
        Known.FirstOrDefault(a => a.Info.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? throw Unknown(name);

    private static TResNetException Unknown(string name)
    {
        var near = Known
            .Select(a => a.Info.Name)
            .OrderBy(n => Distance(n, name.ToLowerInvariant()))
            .ThenBy(n => n, StringComparer.Ordinal)
            .Take(3);
        return new TResNetException(
            $"There is no model '{name}': did you mean {string.Join(", ", near)}? All names: tresnet models, or Models.List()."
        );
    }

    /// <summary>Levenshtein's distance.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substitution = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitution, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
