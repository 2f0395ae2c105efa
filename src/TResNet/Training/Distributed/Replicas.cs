using System.Security.Cryptography;
using TResNet.Compute;
using TResNet.Compute.Distributed;
using TResNet.Data.Loading;
using static TorchSharp.torch;

namespace TResNet.Training.Distributed;

/// <summary>Makes the networks of several processes one, and sees to it that they stay so.</summary>
internal static class Replicas
{
    /// <summary>Gives all processes the parameters and buffers of the first.</summary>
    public static void Broadcast(ProcessGroup group, IEnumerable<Tensor> tensors)
    {
        using var _ = no_grad();
        foreach (var tensor in tensors)
        {
            using var scope = NewDisposeScope();
            var values = tensor.detach().cpu().contiguous();
            group.Broadcast(TensorMemory.Address(values), values.numel() * values.ElementSize);
            tensor.copy_(values);
        }
    }

    /// <summary>Refuses processes that were started with different things: they would wait for each other.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="own">What this one has: names and values.</param>
    /// <exception cref="TResNetException">One has something else than the first; thrown on all of them.</exception>
    public static void RequireAlike(ProcessGroup group, params IReadOnlyList<(string Name, string Value)> own)
    {
        if (!group.IsShared)
        {
            return;
        }

        var all = group.AllGather(string.Join('\n', own.Select(each => each.Value.ReplaceLineEndings(" "))));
        var first = all[0].Split('\n');
        for (var rank = 1; rank < all.Length; rank++)
        {
            var values = all[rank].Split('\n');
            for (var i = 0; i < own.Count; i++)
            {
                if (values[i] != first[i])
                {
                    throw new TResNetException(
                        $"Process {rank} has another {own[i].Name} than process 0: {values[i]} there, {first[i]} here; start all with the same words, on files that all of them see."
                    );
                }
            }
        }
    }

    /// <summary>Makes sure that all processes still have the same weights, bit for bit.</summary>
    /// <exception cref="TResNetException">One has others; thrown on all of them.</exception>
    public static void RequireEqual(ProcessGroup group, nn.Module model, string when)
    {
        if (group.IsShared)
        {
            var own = Hash(model);
            var all = group.AllGather(own);
            var other = Array.FindIndex(all, hash => !hash.AsSpan().SequenceEqual(all[0]));
            if (other > 0)
            {
                throw new TResNetException(
                    $"The weights of process {other} are not those of process 0 {when}: the processes run different builds or compute differently on different processors; use the same build on machines of one kind."
                );
            }
        }
    }

    /// <summary>Names images that other processes could not read where the first one says so.</summary>
    public static void GatherSkipped(ProcessGroup group, ImageDataset data)
    {
        if (!group.IsShared || data.Skipped is not { } skipped)
        {
            return;
        }

        var own = skipped
            .ToList()
            .Select(each => FormattableString.Invariant($"{each.Index} {each.Reason.ReplaceLineEndings(" ")}"));
        foreach (var line in group.AllGather(string.Join('\n', own)).SelectMany(text => text.Split('\n')))
        {
            if (line.Split(' ', 2) is [var index, var reason])
            {
                skipped.Add(int.Parse(index, System.Globalization.CultureInfo.InvariantCulture), reason);
            }
        }
    }

    private static byte[] Hash(nn.Module model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var _ = no_grad();
        foreach (var tensor in model.state_dict().Values)
        {
            using var scope = NewDisposeScope();
            hash.AppendData(TensorMemory.Bytes(tensor.detach().cpu().contiguous()));
        }

        return hash.GetHashAndReset();
    }
}
