using System.Text.Json;

namespace TResNet.Benchmarks;

/// <summary>
/// The C# kernel as a notebook's reader meets it, beside Python's: the program that is shipped, asked over its sockets by
/// Jupyter's own client (peers/kernel_session.py).
/// </summary>
internal static class KernelSession
{
    private const int Starts = 5;
    private const int Sessions = 3;

    /// <summary>What charts of Plotly.NET cost in the kernel, beside the project's own; nothing where Python's jupyter_client is not installed.</summary>
    public static IReadOnlyList<Comparison> Charts()
    {
        using var ours = Kernel("csharp");
        using var theirs = Kernel("plotly.net");
        if (ours is null)
        {
            return [];
        }

        Measure(ours, theirs, "charts", rounds: 1);
        var rounds = Measure(ours, theirs, "charts", Sessions);
        return
        [
            Figure("the first in a session", "ms", rounds, Number("first")),
            Figure("a later one: the median of nine", "ms", rounds, Share("later", 0.5)),
            Figure("resident after ten, more than before", "MB", rounds, Number("resident")),
            new(
                "charts: referencing the packages, once restored",
                "ms",
                [.. rounds.Theirs.Select(Number("reference"))],
                [],
                null
            ),
        ];

        Comparison Figure(
            string name,
            string unit,
            (List<JsonElement> Ours, List<JsonElement> Theirs) sides,
            Func<JsonElement, double> figure
        ) =>
            new(
                $"charts: {name}",
                unit,
                [.. sides.Ours.Select(figure)],
                [.. sides.Theirs.Select(figure)],
                theirs?.Version
            );
    }

    /// <summary>All figures; none where Python's jupyter_client is not installed.</summary>
    public static IReadOnlyList<Comparison> Run()
    {
        using var ours = Kernel("csharp");
        using var theirs = PeerProcess.OfPython(
            "kernel_session.py",
            "python",
            "/usr/bin/python3",
            "-m",
            "ipykernel_launcher",
            "-f",
            "{connection_file}"
        );
        if (ours is null)
        {
            return [];
        }

        Measure(ours, theirs, "start", rounds: 1);
        var starts = Measure(ours, theirs, "start", Starts);
        var sessions = Measure(ours, theirs, "session", Sessions);
        var growth = Measure(ours, theirs, "long", rounds: 1);
        if (sessions.Ours.Any(session => session.GetProperty("torch").GetBoolean()))
        {
            throw new InvalidOperationException("A session that calls no network has loaded libtorch.");
        }

        return
        [
            Figure("first cell, from the start of its process", "ms", starts, Number("first"), limit: 2000),
            Figure("warm cell: the median in a session of 100", "ms", sessions, Share("cells", 0.5), limit: 30),
            Figure("completion after 100 cells: the median", "ms", sessions, Share("completions", 0.5), limit: 150),
            Figure("completion after 100 cells: 95 of 100", "ms", sessions, Share("completions", 0.95), limit: 150),
            Figure("hover after 100 cells: the median", "ms", sessions, Share("inspections", 0.5), limit: 150),
            Figure("hover after 100 cells: 95 of 100", "ms", sessions, Share("inspections", 0.95), limit: 150),
            Figure("resident after 100 cells, without libtorch", "MB", sessions, Number("resident"), limit: 200),
            Figure("growth over 1,000 further cells", "MB", growth, Number("growth"), limit: 50),
            Figure("processor time of one of those", "ms", growth, Number("cpu"), limit: null),
        ];

        Comparison Figure(
            string name,
            string unit,
            (List<JsonElement> Ours, List<JsonElement> Theirs) rounds,
            Func<JsonElement, double> figure,
            double? limit
        ) =>
            new(
                $"kernel: {name}",
                unit,
                [.. rounds.Ours.Select(figure)],
                [.. rounds.Theirs.Select(figure)],
                theirs?.Version,
                limit
            );
    }

    private static PeerProcess? Kernel(string language) =>
        PeerProcess.OfPython(
            "kernel_session.py",
            language,
            "artifacts/tresnet",
            "jupyter",
            "start",
            "{connection_file}"
        );

    private static (List<JsonElement> Ours, List<JsonElement> Theirs) Measure(
        PeerProcess ours,
        PeerProcess? theirs,
        string what,
        int rounds
    )
    {
        var found = (Ours: new List<JsonElement>(), Theirs: new List<JsonElement>());
        for (var i = 0; i < rounds; i++)
        {
            found.Ours.Add(JsonElement.Parse(ours.Ask(what)));
            if (theirs is not null)
            {
                found.Theirs.Add(JsonElement.Parse(theirs.Ask(what)));
            }
        }

        return found;
    }

    private static Func<JsonElement, double> Number(string name) => round => round.GetProperty(name).GetDouble();

    /// <summary>The value that a share of a round's values does not exceed.</summary>
    private static Func<JsonElement, double> Share(string name, double share) =>
        round =>
        {
            var sorted = round.GetProperty(name).EnumerateArray().Select(value => value.GetDouble()).Order().ToList();
            return sorted[(int)Math.Ceiling(share * sorted.Count) - 1];
        };
}
