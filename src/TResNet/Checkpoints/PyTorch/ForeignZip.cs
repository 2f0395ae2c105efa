namespace TResNet.Checkpoints.PyTorch;

/// <summary>Zip files that torch.save did not write, which are many kinds of file.</summary>
internal static class ForeignZip
{
    /// <summary>An entry's name or its ending, and what the file is that has it, with what to do.</summary>
    private static readonly (string Entry, string Is)[] Kinds =
    [
        (
            "constants.pkl",
            "is TorchScript, a whole program for torch.jit.load: save model.state_dict() with torch.save"
        ),
        ("archive_format", "is a program of torch.export: save model.state_dict() with torch.save"),
        (".npy", "is a NumPy archive (.npz): make its arrays tensors in Python, and save the dict with torch.save"),
        (".weights.h5", "is a Keras model: its weights have other names and layouts, and are not read here"),
        ("[Content_Types].xml", "is an Office document, and holds no weights"),
    ];

    private static readonly string[] Weights = [".pth", ".pt", ".ckpt", ".bin", ".safetensors", ".tar", ".dat"];

    /// <summary>Why such a file is no checkpoint.</summary>
    /// <param name="file">The zip file.</param>
    /// <param name="names">The names of its entries.</param>
    /// <param name="pickles">How many data.pkl it has, where one is meant.</param>
    internal static TResNetException Refusal(FileBytes file, IReadOnlyCollection<string> names, int pickles)
    {
        if (pickles > 1)
        {
            return new TResNetException(
                $"{file.Path} is a zip file with more than one data.pkl, so no PyTorch checkpoint: save a state dict with torch.save."
            );
        }

        foreach (var (entry, what) in Kinds)
        {
            if (names.Any(n => n.EndsWith(entry, StringComparison.Ordinal)))
            {
                return new TResNetException($"{file.Path} {what}.");
            }
        }

        var packed = names.FirstOrDefault(n => Weights.Contains(Path.GetExtension(n).ToLowerInvariant()));
        return new TResNetException(
            packed is null
                ? $"{file.Path} is a zip file with no data.pkl, so no PyTorch checkpoint: save a state dict with torch.save."
                : $"{file.Path} is a zip file around {FileText.Quote(packed)}: unpack it (unzip), and give that file."
        );
    }
}
