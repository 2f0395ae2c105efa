using System.Globalization;
using TResNet.Weights.Formats;
using TResNet.Weights.Formats.Onnx;

namespace TResNet.Weights;

/// <summary>What an ONNX model does to its images before its first layer: value times scale plus shift, for all channels or for each.</summary>
internal sealed class ImagePreparation
{
    // Deviations of colours from 0 to 1 are below 1, those of colours from 0 to 255 some tens; a mean alone is some tens or hundreds.
    private const double MostOfOne = 4;

    private const double White = byte.MaxValue;

    private readonly OnnxTensorFile file;
    private readonly Dictionary<string, Affine> images;
    private readonly Dictionary<string, double[]> constants = [];
    private readonly List<Affine> read = [];

    private ImagePreparation(OnnxTensorFile file)
    {
        this.file = file;
        images = file
            .Graph.Input.Select(input => input.Name)
            .Where(name => !file.All.ContainsKey(name))
            .ToDictionary(name => name, _ => new Affine([1], [0]), StringComparer.Ordinal);
    }

    /// <summary>Adds it to what a file says of its weights, where that has neither mean nor deviation.</summary>
    /// <param name="said">What the file says.</param>
    /// <param name="file">The file; of another format than ONNX nothing is added.</param>
    /// <returns>That, and what there is to know of it as a part of a sentence; null where nothing is.</returns>
    public static (WeightsDescription Said, string? Caution) Add(WeightsDescription said, ITensorFile file)
    {
        if (file is not OnnxTensorFile model || said is not { Fault: null, Data: { Mean: null, Std: null } })
        {
            return (said, null);
        }

        var reader = new ImagePreparation(model);
        foreach (var node in model.Graph.Node)
        {
            reader.Read(node);
        }

        var found = reader.read.Where(each => !each.IsNone).Distinct().ToList();
        if (found.Count == 0)
        {
            return (said, null);
        }

        if (found is not [{ IsKnown: true } affine] || affine.ToConfig() is not { } data)
        {
            return (said, "the file scales its images itself, in a way that is no mean and deviation: do so before");
        }

        var caution =
            $"the file scales its images itself, which mean {Words(data.Mean!)} and std {Words(data.Std!)} do here";
        return (said with { Data = said.Data with { Mean = data.Mean, Std = data.Std } }, caution);
    }

    private static string Words(IEnumerable<double> values) =>
        string.Join(' ', values.Select(value => value.ToString("0.####", CultureInfo.InvariantCulture)));

    private void Read(NodeProto node)
    {
        if (node.Output.Count != 1)
        {
            return;
        }

        if (
            node.OpType is "Reshape" or "Unsqueeze" or "Squeeze" or "Cast" or "Identity"
            && Numbers(node.Input) is { } view
        )
        {
            constants[node.Output[0]] = view;
            return;
        }

        if (node.Input.FirstOrDefault(images.ContainsKey) is not { } name)
        {
            return;
        }

        var image = images[name];
        if (node.OpType is "Cast" or "Identity" or "Transpose")
        {
            images[node.Output[0]] = image;
        }
        else if (
            node is { OpType: "Mul" or "Div" or "Add" or "Sub", Input: [var first, var second] }
            && Numbers([first == name ? second : first]) is { } numbers
        )
        {
            images[node.Output[0]] = image.With(node.OpType, numbers, isFirst: first == name);
        }
        else if (node.OpType is not ("Shape" or "Size"))
        {
            read.Add(image);
        }
    }

    private double[]? Numbers(IReadOnlyList<string> inputs) =>
        inputs.Count == 0 ? null : constants.GetValueOrDefault(inputs[0]) ?? file.Numbers(inputs[0]);

    /// <summary>Value times scale plus shift; of nothing where it is something else.</summary>
    private sealed class Affine(double[] scale, double[] shift) : IEquatable<Affine>
    {
        public bool IsKnown => scale.Length > 0;

        public bool IsNone => IsKnown && scale.All(each => each == 1) && shift.All(each => each == 0);

        public Affine With(string operation, double[] numbers, bool isFirst) =>
            operation switch
            {
                "Mul" => Each(numbers, (a, n) => a * n, (b, n) => b * n),
                "Add" => Each(numbers, (a, _) => a, (b, n) => b + n),
                "Sub" when isFirst => Each(numbers, (a, _) => a, (b, n) => b - n),
                "Sub" => Each(numbers, (a, _) => -a, (b, n) => n - b),
                "Div" when isFirst => Each(numbers, (a, n) => a / n, (b, n) => b / n),
                _ => new([], []),
            };

        /// <summary>Mean and deviation of colours from 0 to 1; null where there are none.</summary>
        public PretrainedConfig? ToConfig()
        {
            var (deviations, means) = (scale.Select(each => 1 / each), scale.Zip(shift, (a, b) => -b / a));
            var white = deviations.Concat(means).Any(each => Math.Abs(each) > MostOfOne) ? White : 1;
            var data = new PretrainedConfig
            {
                Mean = [.. means.Select(each => Math.Round(each / white, 6))],
                Std = [.. deviations.Select(each => Math.Round(each / white, 6))],
            };
            return data.Fault() is null ? data : null;
        }

        public bool Equals(Affine? other) =>
            other is not null && scale.SequenceEqual(other.Scale) && shift.SequenceEqual(other.Shift);

        public override bool Equals(object? obj) => Equals(obj as Affine);

        public override int GetHashCode() => HashCode.Combine(scale.Length, scale.FirstOrDefault());

        private double[] Scale => scale;

        private double[] Shift => shift;

        private Affine Each(double[] numbers, Func<double, double, double> scaled, Func<double, double, double> shifted)
        {
            var count = Math.Max(scale.Length, numbers.Length);
            if (!IsKnown || numbers.Length == 0 || count % scale.Length != 0 || count % numbers.Length != 0)
            {
                return new([], []);
            }

            // One number is for all channels.
            return (scale.Length, numbers.Length) is var (own, other) && (own == other || own == 1 || other == 1)
                ? new(
                    [.. Enumerable.Range(0, count).Select(i => scaled(scale[i % own], numbers[i % other]))],
                    [.. Enumerable.Range(0, count).Select(i => shifted(shift[i % own], numbers[i % other]))]
                )
                : new([], []);
        }
    }
}
