using TResNet.Building;
using TResNet.Files;
using TResNet.Layers;
using TResNet.Weights.ByGraph;
using TResNet.Weights.Formats;
using TResNet.Weights.Formats.Onnx;
using TResNet.Weights.Names;
using static TorchSharp.torch;

namespace TResNet.Weights;

/// <summary>
/// Weights on disk with timm's parameter names, as safetensors or as PyTorch state dicts: PyTorch reads what is saved here, and what timm,
/// torchvision and the official TResNet publish loads here.
/// </summary>
public static class Checkpoint
{
    /// <summary>Saves parameters and buffers.</summary>
    /// <remarks>
    /// A safetensors or PyTorch file of a <see cref="Network"/> also says what it is of: the network with its switches, its classes, and how its
    /// images are prepared, under the names of timm's <c>config.json</c>. <see cref="Models.Load"/> needs no more.
    /// </remarks>
    /// <param name="module">The network.</param>
    /// <param name="path">
    /// The file, replaced only when the new one is whole. Its ending says the format: <c>.safetensors</c>; <c>.pth</c> and <c>.pt</c>, which
    /// PyTorch opens with <c>torch.load(path, weights_only=True)</c>; or <c>.dat</c>, which TorchSharp opens with <c>module.load(path)</c>.
    /// </param>
    /// <exception cref="TResNetException">The ending is another, or the disk refuses.</exception>
    public static void Save(this nn.Module module, string path)
    {
        using var _ = no_grad();
        var write = CheckpointFile.WriterFor(
            path,
            module is Network network ? WeightsDescription.Of(network).ToMetadata() : null
        );
        TensorSource[] tensors = [.. module.state_dict().Select(p => TensorSource.Of(p.Key, p.Value))];
        AtomicFile.Write(path, stream => write(stream, tensors));
    }

    /// <summary>Loads parameters and buffers. Names and shapes are checked first, so a refused file leaves the network as it was.</summary>
    /// <remarks>
    /// <para>The file may be safetensors, TorchSharp's own format, an ONNX model, or what torch.save wrote of a state dict, of a whole module or of a
    /// training script's checkpoint, in the zip format or the older one. Averaged weights in it go first (<c>state_dict_ema</c>,
    /// <c>model_ema</c>), as in timm. What else is in it is not needed: nothing of it is run, and no class of it is looked up. Elements are
    /// converted to the network's type as they are read, a few megabytes at a time.</para>
    /// <para>What wrappers put before or into names is taken off (<c>module.</c>, <c>_orig_mod.</c>, a LightningModule's attribute), and the
    /// names of torchvision, pycls, efficientnet_pytorch and the official TResNet are taken too; the latter's normalisation weights become
    /// |weight| + 1e-5, which is how its in-place ABN applies them. A first convolution for images of other channels is fitted as timm
    /// does it.</para>
    /// <para>Of an ONNX model the weights are taken by their names or, where an exporter lost them or folded normalisations into convolutions, by its
    /// graph: <see cref="LoadedCheckpoint.Caution"/> says where that computes otherwise than the network.</para>
    /// </remarks>
    /// <param name="module">The network.</param>
    /// <param name="path">The file; what it is, its first bytes say.</param>
    /// <param name="resetClassifier">
    /// What to do with a classifier of another number of classes, or another head: false refuses the file, true gives the network's
    /// classifier fresh values (weights normal with standard deviation 0.01, bias 0; an ML-Decoder's as its authors start it) and loads the rest.
    /// </param>
    /// <returns>What was loaded, renamed, skipped and reset.</returns>
    /// <exception cref="TResNetException">The file is missing, broken, or of another network.</exception>
    public static LoadedCheckpoint Load(nn.Module module, string path, bool resetClassifier = false)
    {
        using var opened = CheckpointFile.Open(path);
        using var file = OnnxWeights.Of(module, path, opened);
        var match = WeightMatch.Of(module, path, file, resetClassifier);
        var (state, names) = (module.state_dict(), match.Names);
        var fromMagnitude =
            names.AreOfficial && module.modules().OfType<Abn>().All(norm => norm.WeightKind == AbnWeight.Plain);
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var fresh = match.Reset.Count > 0 ? FreshDecoder(module) : [];
        var loaded = new List<string>();
        foreach (var (name, target) in state)
        {
            if (match.Reset.Contains(name))
            {
                Reset(target, fresh.GetValueOrDefault(name));
            }
            else if (
                names.Stored.TryGetValue(name, out var stored) && !(file is MatchedFile found && found.IsKept(stored))
            )
            {
                Fill(file, stored, target, match.Channels is { } channels && channels.Name == name ? channels : null);
                if (fromMagnitude && OfficialNames.IsAbnWeight(name))
                {
                    OfficialNames.ToPlainWeight(target);
                }

                loaded.Add(name);
            }
        }

        var (description, prepared) = ImagePreparation.Add(WeightsDescription.Of(path, file.Metadata), opened);
        if (module is Network network)
        {
            description.Apply(network, hasClassifier: match.Reset.Count == 0);
        }

        return new LoadedCheckpoint
        {
            Path = path,
            MultiLabel = description.MultiLabel ?? false,
            Description = description,
            Format = file.Format,
            Loaded = loaded,
            Prefix = names.Prefix,
            NamesOf = names.Table?.Source,
            Caution = Joined(names.Table?.Caution, (file as MatchedFile)?.Caution, prepared),
            Renamed = loaded.Where(n => names.Stored[n] != n).ToDictionary(n => n, n => names.Stored[n]),
            ConvertedFrom =
            [
                .. loaded
                    .Where(n => file.Entries[names.Stored[n]].Type != state[n].dtype)
                    .Select(n => file.Entries[names.Stored[n]].Type)
                    .Distinct(),
            ],
            Skipped = [.. file.Ignored, .. names.Skipped, .. match.Unused],
            Reset = match.Reset,
            ClassesInFile = match.ClassesInFile,
            OtherHead = match.OtherHead,
            HeadSettings = match.HeadSettings,
            InputChannels = match.Channels is { } fitted ? (fitted.From, fitted.To) : null,
        };
    }

    private static string? Joined(params IEnumerable<string?> cautions) =>
        string.Join("; ", cautions.OfType<string>()) is { Length: > 0 } all ? all : null;

    /// <summary>What a file says of itself, without loading it.</summary>
    /// <exception cref="TResNetException">The file is missing or broken.</exception>
    internal static WeightsDescription Describe(string path)
    {
        using var file = CheckpointFile.Open(path);
        return ImagePreparation.Add(WeightsDescription.Of(path, file.Metadata), file).Said;
    }

    /// <inheritdoc cref="Models.Load"/>
    internal static Network LoadNetwork(string path)
    {
        var described = Describe(path);
        Network network;
        using (new SkipInit())
        {
            network = described.Build(path);
        }

        try
        {
            Load(network, path);
        }
        catch
        {
            network.Dispose();
            throw;
        }

        network.eval();
        return network;
    }

    /// <summary>Writes a checkpoint in another format, or with timm's names, tensor by tensor: the whole is never in memory.</summary>
    /// <param name="from">The file to read; see <see cref="Load"/>.</param>
    /// <param name="to">The file to write; see <see cref="Save"/>. Element types stay.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="TResNetException">The one is missing or broken, the other cannot be written, or they are the same file.</exception>
    /// <param name="add">Changes what the file says of itself; null to leave that as it is.</param>
    internal static ConvertedCheckpoint Convert(
        string from,
        string to,
        Func<WeightsDescription, WeightsDescription>? add = null
    )
    {
        CheckpointFile.WriterFor(to);
        if (Path.GetFullPath(from) == Path.GetFullPath(to))
        {
            throw new TResNetException($"{from} would be read and written at once: name another file to write.");
        }

        using var _ = no_grad();
        using var file = CheckpointFile.Open(from);
        if (file is OnnxTensorFile { HasNames: false })
        {
            throw new TResNetException(
                $"The weights of {from} have no names, and are found by the graph of a network: load them into one, as build does with --weights, and save that."
            );
        }

        var said = ImagePreparation.Add(WeightsDescription.Of(from, file.Metadata), file).Said;
        var description = add is null ? said : add(said);
        var write = CheckpointFile.WriterFor(to, description.ToMetadata());
        var names = StoredNames.Of(from, file);
        TensorSource[] tensors =
        [
            .. names.Stored.Select(n => new TensorSource(n.Key, file.Entries[n.Value], () => Make(n.Key, n.Value))),
        ];
        AtomicFile.Write(to, stream => write(stream, tensors));
        return new ConvertedCheckpoint(
            from,
            to,
            file.Format,
            tensors.Length,
            tensors.Sum(t => t.Entry.Bytes),
            names.Stored.Count(n => n.Key != n.Value),
            [.. file.Ignored, .. names.Skipped]
        )
        {
            Description = description,
            Fault = said.Fault,
        };

        Tensor Make(string name, string stored)
        {
            var tensor = TensorStreaming.Read(file, stored);
            if (names.AreOfficial && OfficialNames.IsAbnWeight(name))
            {
                OfficialNames.ToPlainWeight(tensor);
            }

            return tensor;
        }
    }

    private static void Fill(ITensorFile file, string stored, Tensor target, InputChannels? channels)
    {
        if (channels is null)
        {
            TensorStreaming.CopyInto(file, stored, target);
            return;
        }

        using var scope = NewDisposeScope();
        target.copy_(channels.Fit(TensorStreaming.Read(file, stored)));
    }

    /// <summary>Fresh values of an ML-Decoder, by the module's names; none where it has no such head.</summary>
    private static Dictionary<string, Tensor> FreshDecoder(nn.Module module)
    {
        var values = new Dictionary<string, Tensor>();
        foreach (var (name, each) in module.named_modules())
        {
            if (each is not MLDecoder decoder)
            {
                continue;
            }

            // It takes its tensors along when it goes, and the collector may take it at any time.
            using var fresh = decoder.Fresh();
            foreach (var (key, value) in fresh.state_dict())
            {
                values.Add($"{name}.{key}", value.clone());
            }
        }

        return values;
    }

    private static void Reset(Tensor classifier, Tensor? fresh)
    {
        if (fresh is not null)
        {
            classifier.copy_(fresh);
        }
        else if (classifier.dim() > 1)
        {
            nn.init.normal_(classifier, 0, 0.01);
        }
        else
        {
            nn.init.zeros_(classifier);
        }
    }
}
