using System.Text.Json;
using TResNet.Architectures;
using TResNet.Layers;

namespace TResNet.Tests.Parity;

/// <summary>A reference output of a public implementation; see fixtures/README.md.</summary>
internal sealed class Fixture
{
    private Fixture(string file, JsonElement root)
    {
        File = file;
        Root = root;
    }

    internal string File { get; }

    internal JsonElement Root { get; }

    internal string Model => Root.GetProperty("name").GetString()!;

    /// <summary>The network that it is of, with the dilation and the pooling that it names.</summary>
    internal Architecture Architecture
    {
        get
        {
            var architecture = Models.Describe(Model);
            if (Root.TryGetProperty("output_stride", out var stride))
            {
                architecture = (StagedArchitecture)architecture with { OutputStride = stride.GetInt32() };
            }

            foreach (var name in (string[])["head", "num_of_groups", "decoder_embedding"])
            {
                architecture = Root.TryGetProperty(name, out var value)
                    ? architecture.With(name, value.ToString())
                    : architecture;
            }

            return Root.TryGetProperty("global_pool", out var pool)
                ? architecture with
                {
                    GlobalPool = Enum.Parse<GlobalPool>(pool.GetString()!, ignoreCase: true),
                }
                : architecture;
        }
    }

    /// <summary>The classes of its classifier.</summary>
    internal int Classes => Root.TryGetProperty("num_classes", out var classes) ? classes.GetInt32() : 1000;

    internal double K => Root.GetProperty("K").GetDouble();

    internal int Side => Root.GetProperty("input").GetProperty("shape")[2].GetInt32();

    internal static Fixture Load(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "fixtures", $"{name}.json");
        using var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(path));
        return new Fixture(name, document.RootElement.Clone());
    }

    internal static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetDouble())];

    /// <summary>Asserts |actual - expected| at most tolerance * max(1, |expected|).</summary>
    internal static void AssertClose(double expected, double actual, double tolerance, string what) =>
        Assert.True(
            Math.Abs(actual - expected) <= tolerance * Math.Max(1, Math.Abs(expected)),
            $"{what}: {actual:R} instead of {expected:R}."
        );

    internal static void AssertClose(JsonElement expected, IReadOnlyList<double> actual, double tolerance, string what)
    {
        var values = Numbers(expected);
        for (var i = 0; i < values.Length; i++)
        {
            AssertClose(values[i], actual[i], tolerance, $"{what}[{i}]");
        }
    }
}
