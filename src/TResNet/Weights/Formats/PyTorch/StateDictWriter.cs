// What torch.save(model.state_dict(), path) writes since PyTorch 1.6, and torch.load(path, weights_only=True) opens.
namespace TResNet.Weights.Formats.PyTorch;

/// <summary>Writes a state dict as PyTorch does: each tensor in a storage of its own.</summary>
internal static class StateDictWriter
{
    private const string Root = "archive";

    /// <summary>Writes tensors, with the names in the order given.</summary>
    /// <param name="output">Where; it has to be seekable.</param>
    /// <param name="tensors">The tensors.</param>
    /// <param name="metadata">What else to say of them; null for nothing.</param>
    internal static void Write(
        Stream output,
        IReadOnlyList<TensorSource> tensors,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        var zip = new StoredZipWriter(output);
        AddBytes(zip, "data.pkl", Pickle(tensors, metadata ?? new Dictionary<string, string>()));
        AddBytes(zip, "byteorder", "little"u8.ToArray());
        for (var i = 0; i < tensors.Count; i++)
        {
            var tensor = tensors[i];
            zip.Add($"{Root}/data/{i}", tensor.Entry.Bytes, stream => TensorStreaming.Write(stream, tensor));
        }

        AddBytes(zip, "version", "3\n"u8.ToArray());
        zip.Finish();
    }

    private static void AddBytes(StoredZipWriter zip, string name, byte[] bytes) =>
        zip.Add($"{Root}/{name}", bytes.Length, stream => stream.Write(bytes));

    private static byte[] Pickle(IReadOnlyList<TensorSource> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var pickle = new PickleWriter();
        pickle.OrderedDict();
        pickle.Write(PickleOpcode.Mark);
        for (var i = 0; i < tensors.Count; i++)
        {
            pickle.Text(tensors[i].Name);
            pickle.Tensor(tensors[i].Entry, i);
        }

        pickle.Write(PickleOpcode.SetItems);
        if (metadata.Count > 0)
        {
            WriteAttribute(pickle, metadata);
        }

        return pickle.Finish();
    }

    /// <summary>An attribute of the dict, as its <c>_metadata</c> is one in PyTorch: no key of it, which load_state_dict would refuse.</summary>
    private static void WriteAttribute(PickleWriter pickle, IReadOnlyDictionary<string, string> metadata)
    {
        pickle.Write(PickleOpcode.EmptyDict);
        pickle.Text(StateDict.Attribute);
        pickle.Write(PickleOpcode.EmptyDict);
        pickle.Write(PickleOpcode.Mark);
        foreach (var (name, word) in metadata)
        {
            pickle.Text(name);
            pickle.Text(word);
        }

        pickle.Write(PickleOpcode.SetItems);
        pickle.Write(PickleOpcode.SetItem);
        pickle.Write(PickleOpcode.Build);
    }
}
