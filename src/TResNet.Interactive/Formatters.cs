// The one place where types and their looks meet: Microsoft.DotNet.Interactive.Formatting's registry.
using Microsoft.DotNet.Interactive.Formatting;
using TResNet.Architectures;
using TResNet.Building;
using TResNet.Charts;
using TResNet.Charts.Svg;
using TResNet.Data.Loading;
using TResNet.Evaluation;
using TResNet.Graphs;
using TResNet.Interactive.Build;
using TResNet.Interactive.Compare;
using TResNet.Interactive.Data;
using TResNet.Interactive.Diagrams;
using TResNet.Interactive.Export;
using TResNet.Interactive.Predict;
using TResNet.Interactive.Profile;
using TResNet.Interactive.Published;
using TResNet.Interactive.Tables;
using TResNet.Interactive.Train;
using TResNet.Interactive.Validate;
using TResNet.Onnx;
using TResNet.Profiling.Ablation;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Layers;
using TResNet.Profiling.Memory;
using TResNet.Profiling.Throughput;
using TResNet.Training;
using TResNet.Training.Runs;
using static TorchSharp.torch;

namespace TResNet.Interactive;

/// <summary>Registers how the project's types are shown, as HTML and as plain text.</summary>
internal static class Formatters
{
    public static void Register()
    {
        RegisterFigures();
        Register<Table>(table => table.ToHtml(), table => table.ToString());
        Register<View>(view => view.ToHtml(), view => view.ToString());
        Register<ProgressLine>(line => line.ToHtml(), line => line.ToString());
        Register<TrainingCard>(card => card.ToHtml(), card => card.ToString());
        Register<ImageGrid>(grid => grid.ToHtml(), grid => grid.ToString());
        Register<Tensor>(TensorView.ToHtml, TensorView.ToText);
        Formatter.Register<ArchitectureDiagram>(diagram => diagram.ToSvg(), "image/svg+xml");
        Register<ArchitectureDiagram>(diagram => diagram.ToHtml(), diagram => diagram.ToString());
        Register<Architecture>(
            architecture => ArchitectureViews.Of(architecture).ToHtml(),
            architecture => ArchitectureViews.ToText(architecture)
        );
        RegisterView<Network>(ModelViews.Of);
        RegisterView<OnnxFile>(ExportViews.Of);
        RegisterView<OptimizedModule>(OptimizedViews.Of);
        RegisterView<ModelInfo>(info => ModelViews.Of([info]));
        RegisterView<IEnumerable<ModelInfo>>(infos => ModelViews.Of([.. infos]));
        RegisterView<ModelSummary>(ModelViews.Of);
        RegisterView<ThroughputResult>(result => ProfileViews.Of([result]));
        RegisterView<IEnumerable<ThroughputResult>>(results => ProfileViews.Of([.. results]));
        RegisterView<ProfileResult>(ProfileViews.Of);
        RegisterView<LayerProfile>(LayerViews.Of);
        RegisterView<LargestBatchResult>(result => LargestBatchViews.Of([result]));
        RegisterView<IEnumerable<LargestBatchResult>>(results => LargestBatchViews.Of([.. results]));
        RegisterView<AblationResult>(AblationViews.Of);
        RegisterView<ThroughputCurves>(ThroughputViews.Of);
        RegisterView<Comparison>(ComparisonViews.Of);
        RegisterView<PaperTable>(PaperViews.Of);
        RegisterView<IEnumerable<PaperTable>>(tables => PaperViews.Of([.. tables]));
        RegisterView<PaperMeasurement>(PaperViews.Of);
        Register<TrainingRun>(run => TrainingViews.Of(run).ToHtml(), run => TrainingViews.Of(run).ToString());
        RegisterView<EpochResult>(epoch => EpochTable.Of([epoch]));
        RegisterView<IEnumerable<EpochResult>>(epochs => EpochTable.Of([.. epochs]));
        RegisterView<IEnumerable<TrainingRun>>(runs => RunViews.Of([.. runs]));
        RegisterView<EvaluationResult>(evaluation => EvaluationViews.Of(evaluation));
        RegisterView<Predictions>(PredictionViews.Of);
        RegisterView<ImageDataset>(DataViews.Of);
    }

    private static void RegisterFigures()
    {
        Formatter.Register<Figure>(figure => figure.ToJson(), Figure.PlotlyMimeType);
        Formatter.Register<Figure>(figure => figure.ToSvg(), "image/svg+xml");
        Register<Figure>(figure => figure.ToHtml(), figure => figure.ToString());
    }

    private static void RegisterView<T>(Func<T, View> view) =>
        Register<T>(value => view(value).ToHtml(), value => view(value).ToString());

    private static void Register<T>(Func<T, string> html, Func<T, string> text)
    {
        Formatter.Register(html, HtmlFormatter.MimeType);
        Formatter.Register(text, PlainTextFormatter.MimeType);
    }
}
