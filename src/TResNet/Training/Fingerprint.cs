using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TorchSharp;
using TResNet.Compute;
using TResNet.Data.Loading;
using TResNet.Data.Transforms;
using TResNet.Training.Distributed;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>What a process starts a training with, as names and texts that are the same on all (<see cref="Replicas.RequireAlike"/>).</summary>
internal static class Fingerprint
{
    private const int Digits = 8;

    /// <summary>The network, and what computes it.</summary>
    public static IReadOnlyList<(string Name, string Value)> Of(nn.Module model)
    {
        var tensors = model
            .state_dict()
            .Select(each => $"{each.Key} {each.Value.dtype} {string.Join(' ', each.Value.shape)}");
        return
        [
            ("device", Placement.Of(model).Device.type == DeviceType.CPU ? "a processor" : "a GPU"),
            ("network", model.DisplayName()),
            ("digest of the layers", Digest(tensors)),
        ];
    }

    /// <summary>A training, before it reads a state.</summary>
    /// <param name="model">The network.</param>
    /// <param name="train">The images to train on.</param>
    /// <param name="validation">The images to evaluate on.</param>
    /// <param name="options">The recipe.</param>
    /// <param name="teacher">Who teaches; null for nobody.</param>
    public static IReadOnlyList<(string Name, string Value)> Of(
        nn.Module model,
        ImageDataset train,
        ImageDataset validation,
        TrainingOptions options,
        Teacher? teacher
    ) =>
        [
            .. Of(model),
            .. OfImages("training images", train),
            .. OfImages("validation images", validation),
            ("teacher", teacher?.Description.ToString() ?? "nobody"),
            .. StateKeeper.ValuesOf(options, nameof(TrainingOptions.Workers)),
            .. StateKeeper.ValuesOf(train.Augmentations ?? new Augmentations()),
        ];

    /// <summary>The state that a run goes on from, which each process reads by itself.</summary>
    /// <param name="run">The run, with what it has read.</param>
    /// <param name="folder">Where it is kept; null for nowhere.</param>
    public static IReadOnlyList<(string Name, string Value)> OfState(TrainingSession run, RunFolder? folder) =>
        [
            ("number of steps done", run.StepsDone.ToString(CultureInfo.InvariantCulture)),
            ("state to go on from", folder is { Resumes: true } ? DigestOf(folder.Newest) : "none"),
        ];

    private static IEnumerable<(string Name, string Value)> OfImages(string name, ImageDataset data) =>
        [
            ($"list of {name}", DataDescription.Of(data).ToString()),
            ($"digest of the classes, names and labels of {name}", Digest(data.Classes.Concat(LinesOf(data)))),
        ];

    private static IEnumerable<string> LinesOf(ImageDataset data)
    {
        for (var i = 0; i < data.Count; i++)
        {
            // Folders may be mounted elsewhere on other machines.
            var name = Path.GetFileName(data.NameOf(i));
            yield return $"{name} {string.Join(' ', data.LabelsOf(i).ToArray())} {string.Join(' ', data.UnknownOf(i).ToArray())}";
        }
    }

    private static string Digest(IEnumerable<string> lines)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var line in lines)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(line + '\n'));
        }

        return Shown(hash.GetHashAndReset());
    }

    private static string DigestOf(string path)
    {
        using var file = File.OpenRead(path);
        return $"{Path.GetFileName(path)} with SHA-256 {Shown(SHA256.HashData(file))}";
    }

    private static string Shown(byte[] hash) => Convert.ToHexStringLower(hash)[..Digits];
}
