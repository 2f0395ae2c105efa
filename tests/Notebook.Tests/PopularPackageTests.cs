using Notebook.Outputs;
using Notebook.Runner;

namespace Notebook.Tests;

/// <summary>Packages that people use in notebooks, from NuGet's configured sources: each is restored and does something real.</summary>
public sealed class PopularPackageTests : IDisposable
{
    private readonly Cells cells = new();

    public void Dispose() => cells.Dispose();

    [FactIfRestoring]
    public async Task Tables_and_learning()
    {
        await cells.Reference(
            "#r \"nuget: Microsoft.Data.Analysis, 0.23.1\"",
            "#r \"nuget: Microsoft.ML, 5.0.1\"",
            "#r \"nuget: Microsoft.ML.OnnxRuntime, 1.31.1\"",
            "#r \"nuget: MathNet.Numerics, 5.0.0\""
        );

        await Check(
            "new Microsoft.Data.Analysis.DataFrame(new Microsoft.Data.Analysis.Int32DataFrameColumn(\"n\", [1, 2, 3]))[\"n\"].Mean()",
            "2"
        );
        await Check("new Microsoft.ML.OnnxRuntime.SessionOptions().GraphOptimizationLevel", "ORT_ENABLE_ALL");
        await Check(
            "MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DenseIdentity(3).Multiply(2).Determinant()",
            "8"
        );
        await cells.Run(
            """
            using Microsoft.ML;
            using Microsoft.ML.Data;
            public class Cup { [VectorType(2)] public float[] Size { get; set; } = []; public float Price { get; set; } }
            """
        );
        // The trainer multiplies in a native library.
        await Check(
            """
            var context = new MLContext(seed: 1);
            var data = context.Data.LoadFromEnumerable(Enumerable.Range(0, 40).Select(i => new Cup { Size = [i, i % 3], Price = 2 * i }));
            context.Regression.Trainers.Sdca("Price", "Size").Fit(data).Transform(data).Preview().RowView.Length
            """,
            "40"
        );
    }

    [FactIfRestoring]
    public async Task Pictures()
    {
        await cells.Reference(
            "#r \"nuget: ScottPlot, 5.1.59\"",
            "#r \"nuget: SkiaSharp, 3.119.4\"",
            "#r \"nuget: SkiaSharp.NativeAssets.Linux.NoDependencies, 3.119.4\""
        );

        await Check(
            "Convert.ToHexString(new ScottPlot.Plot().GetImageBytes(100, 80, ScottPlot.ImageFormat.Png)[..4])",
            "89504E47"
        );
        await Check(
            "var bitmap = new SkiaSharp.SKBitmap(4, 5);\nbitmap.Erase(new SkiaSharp.SKColor(1, 2, 3));\nbitmap.GetPixel(3, 4).Blue",
            "3"
        );
    }

    [FactIfRestoring]
    public async Task Charts_for_another_host()
    {
        await cells.Reference(
            "#r \"nuget: Plotly.NET, 6.0.0\"",
            "#r \"nuget: Plotly.NET.CSharp, 0.14.0\"",
            "#r \"nuget: Plotly.NET.Interactive, 6.0.0\"",
            "#r \"nuget: XPlot.Plotly, 4.1.0\"",
            "#r \"nuget: FSharp.Core, 10.1.403\""
        );

        await Check(
            "var chart = Plotly.NET.CSharp.Chart.Point<double, double, string>(x: [1, 2], y: [3, 4]);\nPlotly.NET.GenericChart.toChartHTML(chart).Contains(\"scatter\")",
            "True"
        );
        await cells.Run("chart");
        Assert.Contains("Plotly chart", ((ResultOutput)cells.Outputs[^1]).Data["text/html"]);
        await Check(
            "XPlot.Plotly.Chart.Plot(new XPlot.Plotly.Scatter { x = new[] { 1 } }).GetInlineHtml().Length > 0",
            "True"
        );
        await Check("Microsoft.FSharp.Collections.ListModule.OfSeq([1, 2]).Length", "2");
    }

    [FactIfRestoring]
    public async Task Databases()
    {
        await cells.Reference(
            "#r \"nuget: Microsoft.Data.Sqlite, 10.0.15\"",
            "#r \"nuget: Dapper, 2.1.86\"",
            "#r \"nuget: Microsoft.EntityFrameworkCore.Sqlite, 10.0.15\"",
            "#r \"nuget: Microsoft.EntityFrameworkCore.InMemory, 10.0.15\"",
            "#r \"nuget: Microsoft.Data.SqlClient, 7.1.1\"",
            "#r \"nuget: Npgsql, 10.0.3\"",
            "#r \"nuget: LiteDB, 5.0.21\""
        );

        await cells.Run(
            """
            using Dapper;
            using Microsoft.EntityFrameworkCore;
            var database = new Microsoft.Data.Sqlite.SqliteConnection("Data Source=:memory:");
            database.Open();
            public class Shop(DbContextOptions<Shop> options) : DbContext(options) { public DbSet<Cup> Cups => Set<Cup>(); }
            public class Cup { public int Id { get; set; } public string Name { get; set; } = ""; }
            """
        );
        await Check("database.Query<long>(\"select 40 + 2\").Single()", "42");
        await Check(
            """
            var stored = new Shop(new DbContextOptionsBuilder<Shop>().UseSqlite(database).Options);
            stored.Database.EnsureCreated();
            stored.Cups.Add(new Cup { Name = "blue" });
            stored.SaveChanges();
            stored.Cups.Count(cup => cup.Name == "blue")
            """,
            "1"
        );
        await Check(
            """
            var kept = new Shop(new DbContextOptionsBuilder<Shop>().UseInMemoryDatabase("cups").Options);
            kept.Cups.Add(new Cup());
            kept.SaveChanges();
            kept.Cups.Count()
            """,
            "1"
        );
        await Check("new Microsoft.Data.SqlClient.SqlConnectionStringBuilder(\"Server=tea\").DataSource", "tea");
        await Check("new Npgsql.NpgsqlConnectionStringBuilder(\"Host=tea;Port=3\").Port", "3");
        await Check(
            "var cups = new LiteDB.LiteDatabase(new MemoryStream()).GetCollection(\"cups\");\ncups.Insert(new LiteDB.BsonDocument());\ncups.Count()",
            "1"
        );
    }

    [FactIfRestoring]
    public async Task Files_and_words()
    {
        await cells.Reference(
            "#r \"nuget: CsvHelper, 33.1.0\"",
            "#r \"nuget: Parquet.Net, 6.1.0\"",
            "#r \"nuget: Newtonsoft.Json, 13.0.4\"",
            "#r \"nuget: Humanizer, 3.0.10\"",
            "#r \"nuget: Spectre.Console, 0.57.2\"",
            "#r \"nuget: Bogus, 35.6.5\""
        );

        await Check(
            "new CsvHelper.CsvReader(new StringReader(\"a,b\\n1,2\"), CultureInfo.InvariantCulture).GetRecords<dynamic>().Count()",
            "1"
        );
        await cells.Run("public class Leaf { public int Grams { get; set; } }");
        await Check(
            """
            var written = new MemoryStream();
            await Parquet.Serialization.ParquetSerializer.SerializeAsync(new[] { new Leaf { Grams = 3 } }, written);
            written.Position = 0;
            (await Parquet.ParquetReader.CreateAsync(written)).RowGroupCount
            """,
            "1"
        );
        await Check("Newtonsoft.Json.Linq.JObject.Parse(\"{\\\"a\\\": [1, 2]}\")[\"a\"]!.Count()", "2");
        await Check("Humanizer.StringHumanizeExtensions.Humanize(\"PotOfTea\")", "Pot of tea");
        await Check(
            "var paper = new StringWriter();\nSpectre.Console.AnsiConsole.Create(new() { Out = new Spectre.Console.AnsiConsoleOutput(paper) }).Write(new Spectre.Console.Text(\"tea\"));\npaper.ToString().Contains(\"tea\")",
            "True"
        );
        await Check("new Bogus.Faker().Name.FirstName().Length > 0", "True");
    }

    [FactIfRestoring]
    public async Task Services()
    {
        await cells.Reference(
            "#r \"nuget: Microsoft.Extensions.DependencyInjection, 11.0.0\"",
            "#r \"nuget: Microsoft.Extensions.Logging.Console, 9.0.0\"",
            "#r \"nuget: Polly, 8.9.1\"",
            "#r \"nuget: Serilog, 4.4.0\""
        );

        await Check(
            "using Microsoft.Extensions.DependencyInjection;\nusing Microsoft.Extensions.Logging;\nnew ServiceCollection().AddLogging(each => each.AddConsole()).BuildServiceProvider().GetRequiredService<ILoggerFactory>().GetType().Name",
            "LoggerFactory"
        );
        await Check("typeof(ServiceProvider).Assembly.GetName().Version!.Major", "11");
        await Check("new Polly.ResiliencePipelineBuilder().Build().Execute(() => 5)", "5");
        await Check(
            "new Serilog.LoggerConfiguration().CreateLogger().IsEnabled(Serilog.Events.LogEventLevel.Information)",
            "True"
        );
    }

    private async Task Check(string code, string expected) =>
        Assert.Equal($"result: {expected}", await cells.Run(code));
}
