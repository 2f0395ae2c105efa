// The archive that torch.jit.save writes and torch.jit.load reads: https://github.com/pytorch/pytorch/blob/main/torch/csrc/jit/docs/serialization.md.
using System.Text;
using TResNet.Files;
using TResNet.Weights.Formats;
using TResNet.Weights.Formats.PyTorch;
using static TorchSharp.torch;

namespace TResNet.Graphs.TorchScript;

/// <summary>Writes a network as TorchScript: a program that PyTorch loads without this library, for any number of images.</summary>
internal static class TorchScriptFile
{
    private const string Root = "archive";
    private const string ClassName = "Network";

    /// <summary>Writes a network in evaluation.</summary>
    /// <param name="model">The network, or one for feature maps, whose maps are a tuple.</param>
    /// <param name="shape">[N, C, H, W] of images that it takes; other sizes go too.</param>
    /// <param name="path">Where; replaced once the new file is whole.</param>
    /// <param name="fold">Whether normalisations become part of the convolutions before them.</param>
    /// <returns>How many operators and tensors it has.</returns>
    /// <exception cref="TResNetException">It has a layer that there are no operators for, or the disk refuses.</exception>
    public static (int Operators, int Tensors) Write(nn.Module model, long[] shape, string path, bool fold = false)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        using var graph = Graph.Of(model, shape);
        DropIdentities.Run(graph);
        if (fold)
        {
            FoldAffines.Run(graph);
        }

        var own = new Dictionary<nint, string>();
        foreach (var (name, tensor) in model.state_dict())
        {
            own.TryAdd(tensor.Handle, name);
        }

        var code = new ScriptCode(own);
        var names = new Dictionary<Value, string> { [graph.Input] = "x" };
        foreach (var value in graph.Values)
        {
            names[value] = ScriptOperators.Add(code, value, names);
        }

        string[] outputs = [.. graph.Outputs.Select(output => names[output])];
        TensorSource[] tensors =
        [
            .. code.Attributes.Select(each =>
                TensorSource.Of(each.Name, each.Value.detach().to(ScalarType.Float32).cpu().contiguous())
            ),
        ];
        if (tensors.FirstOrDefault(each => !each.Make().isfinite().all().item<bool>()) is { } broken)
        {
            throw new TResNetException(
                $"The weights {broken.Name} are not finite, and a network with such weights gives no answers: nothing was written."
            );
        }

        var text = Text(code.Lines, tensors, outputs);
        AtomicFile.Write(path, stream => Write(stream, text, tensors));
        return (code.Lines.Count(letter => letter == '\n'), tensors.Length);
    }

    private static string Text(string lines, TensorSource[] tensors, string[] outputs)
    {
        var text = new StringBuilder($"class {ClassName}(Module):\n  __parameters__ = []\n  __buffers__ = [");
        text.Append(string.Concat(tensors.Select(tensor => $"\"{tensor.Name}\", "))).Append("]\n");
        foreach (var tensor in tensors)
        {
            text.Append($"  {tensor.Name} : Tensor\n");
        }

        var (type, result) = outputs is [var only]
            ? ("Tensor", only)
            : ($"Tuple[{string.Join(", ", outputs.Select(_ => "Tensor"))}]", $"({string.Join(", ", outputs)})");
        text.Append("  training : bool\n");
        text.Append($"  def forward(self: __torch__.{ClassName},\n    x: Tensor) -> {type}:\n");
        return text.Append(lines).Append($"    return {result}\n").ToString();
    }

    private static void Write(Stream output, string text, TensorSource[] tensors)
    {
        var zip = new StoredZipWriter(output);
        Add("data.pkl", Module(tensors));
        Add("code/__torch__.py", Encoding.UTF8.GetBytes(text));
        Add("constants.pkl", NoConstants());
        for (var i = 0; i < tensors.Length; i++)
        {
            var tensor = tensors[i];
            zip.Add($"{Root}/data/{i}", tensor.Entry.Bytes, stream => TensorStreaming.Write(stream, tensor));
        }

        Add("version", "3\n"u8.ToArray());
        zip.Finish();

        void Add(string name, byte[] bytes) => zip.Add($"{Root}/{name}", bytes.Length, stream => stream.Write(bytes));
    }

    // An object of the class, with its tensors as attributes.
    private static byte[] Module(TensorSource[] tensors)
    {
        var pickle = new PickleWriter();
        pickle.Global("__torch__", ClassName);
        pickle.Write(PickleOpcode.EmptyTuple);
        pickle.Write(PickleOpcode.NewObject);
        pickle.Write(PickleOpcode.EmptyDict);
        pickle.Write(PickleOpcode.Mark);
        for (var i = 0; i < tensors.Length; i++)
        {
            pickle.Text(tensors[i].Name);
            pickle.Tensor(tensors[i].Entry, i);
        }

        pickle.Text("training");
        pickle.Write(PickleOpcode.NewFalse);
        pickle.Write(PickleOpcode.SetItems);
        pickle.Write(PickleOpcode.Build);
        return pickle.Finish();
    }

    private static byte[] NoConstants()
    {
        var pickle = new PickleWriter();
        pickle.Write(PickleOpcode.EmptyTuple);
        return pickle.Finish();
    }
}
