using System.Globalization;
using TResNet.Interactive.Tables;
using TResNet.Onnx;

namespace TResNet.Interactive.Export;

/// <summary>How to run an ONNX file elsewhere, on zeros: the place of the images is one line.</summary>
internal static class Snippets
{
    private const int SomeSide = 224;

    /// <summary>C#, Python and a browser.</summary>
    public static IEnumerable<CodeBlock> Of(OnnxFile file)
    {
        var name = Path.GetFileName(file.Path);
        var output = file.Outputs[0].Split(' ')[0];
        var shape = Shape(file);
        var sides = string.Join(", ", shape);
        var count = shape.Aggregate(1L, (product, side) => product * side).ToString(CultureInfo.InvariantCulture);
        yield return new CodeBlock(
            "C#, dotnet add package Microsoft.ML.OnnxRuntime",
            $"""
            using Microsoft.ML.OnnxRuntime;
            using Microsoft.ML.OnnxRuntime.Tensors;

            using var session = new InferenceSession("{Escaped(name)}");
            var images = new DenseTensor<float>([{sides}]);
            using var results = session.Run([NamedOnnxValue.CreateFromTensor("images", images)]);
            Console.WriteLine(string.Join(", ", results[0].AsTensor<float>().Take(5)));
            """
        );
        yield return new CodeBlock(
            "Python, pip install onnxruntime",
            $"""
            import numpy, onnxruntime

            session = onnxruntime.InferenceSession("{Escaped(name)}")
            images = numpy.zeros(({sides}), numpy.float32)
            print(session.run(["{output}"], {"{"}"images": images{"}"})[0])
            """
        );
        yield return new CodeBlock(
            "A browser, npm install onnxruntime-web",
            $"""
            import * as ort from "onnxruntime-web";

            const session = await ort.InferenceSession.create("{Escaped(name)}"{External(file)});
            const images = new ort.Tensor("float32", new Float32Array({count}), [{sides}]);
            const results = await session.run({"{"} images {"}"});
            console.log(results.{output}.data);
            """
        );
    }

    /// <summary>PyTorch.</summary>
    public static CodeBlock OfScript(string path, ExportedImage image) =>
        new(
            "Python, with PyTorch",
            $"""
            import torch

            network = torch.jit.load("{Escaped(Path.GetFileName(path))}")
            images = torch.zeros(1, {image.Channels}, {SomeSide}, {SomeSide})
            print(network(images))
            """
        );

    private static long[] Shape(OnnxFile file)
    {
        var sides = file.Input[(file.Input.IndexOf('[') + 1)..^1].Split(", ");
        return
        [
            .. sides.Select(
                (side, i) =>
                    long.TryParse(side, CultureInfo.InvariantCulture, out var length) ? length
                    : i == 0 ? 1
                    : SomeSide
            ),
        ];
    }

    private static string External(OnnxFile file) =>
        file.DataPath is { } data
            ? $", {{ externalData: [{{ path: \"{Escaped(Path.GetFileName(data))}\", data: \"{Escaped(Path.GetFileName(data))}\" }}] }}"
            : "";

    private static string Escaped(string name) => name.Replace("\\", "\\\\").Replace("\"", "\\\"");
}
