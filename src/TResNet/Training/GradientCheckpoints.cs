// Training with less memory by computing blocks again in backward: T. Chen et al., arXiv 1604.06174, section 4.

using TorchSharp;
using TResNet.Building;
using TResNet.Compute;
using TResNet.Kernels;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>
/// Forward and backward of a network whose blocks keep nothing but their input. What a block draws at random it draws the same again, and the statistics
/// of its normalisations move once.
/// </summary>
/// <param name="network">The network, in training mode.</param>
/// <param name="type">What convolutions compute in.</param>
internal sealed class GradientCheckpoints(Network network, ComputeType type)
{
    private readonly Device device = Placement.Of(network).Device;
    private readonly List<(nn.Module<Tensor, Tensor>[] Piece, Tensor Input, Drawing Drawing)> pieces = [];
    private Tensor? end;

    /// <summary>The logits, whose history begins behind the blocks.</summary>
    /// <param name="images">The images.</param>
    /// <param name="seed">On a GPU, decides with the block what it draws.</param>
    public Tensor Forward(Tensor images, long seed)
    {
        Clear();
        var (frozen, all, rest) = network.Split();
        using var scope = NewDisposeScope();
        var x = images;
        using (no_grad())
        {
            using var _ = type.Begin(device);
            x = frozen(x);
            foreach (var piece in all)
            {
                var drawing = Drawing.Now(device, seed + pieces.Count);
                pieces.Add((piece, x.detach().DetachFromDisposeScope(), drawing));
                x = Row(piece, x);
                HostMemory.ReleaseGaps();
            }
        }

        end = x.detach().DetachFromDisposeScope();
        end.requires_grad = all.Count > 0;

        // Casts that were made without autograd are not to be met again.
        using (type.Begin(device))
        {
            return rest(Same(end)).MoveToOuterDisposeScope();
        }
    }

    /// <summary>Gives the blocks their gradients, after the backward of what follows them, and lets go of all that was kept.</summary>
    public void Backward()
    {
        using var after = Drawing.Now(device, 0);
        var gradient = end!.grad?.DetachFromDisposeScope();
        for (var i = pieces.Count - 1; i >= 0 && gradient is not null; i--)
        {
            using var scope = NewDisposeScope();
            var (piece, input, drawing) = pieces[i];
            input.requires_grad = i > 0;
            using var statistics = new Statistics(piece);
            drawing.Again();
            Tensor y;
            using (type.Begin(device))
            {
                y = Row(piece, Same(input));
            }

            var incoming = gradient;
            if (y.requires_grad)
            {
                BackwardFailure.Unwrap(() => y.backward([incoming]));
            }

            gradient = input.grad?.DetachFromDisposeScope();
            incoming.Dispose();
            input.Dispose();
            drawing.Dispose();
            HostMemory.ReleaseGaps();
        }

        gradient?.Dispose();
        after.Again();
        Clear();
    }

    private void Clear()
    {
        foreach (var (_, input, drawing) in pieces)
        {
            input.Dispose();
            drawing.Dispose();
        }

        pieces.Clear();
        end?.Dispose();
        end = null;
    }

    // A block may dispose what it is given.
    private static Tensor Same(Tensor x) => Tensor.UnsafeCreateTensor(Operator.NewHandle(x));

    private static Tensor Row(nn.Module<Tensor, Tensor>[] piece, Tensor x)
    {
        using var scope = NewDisposeScope();
        foreach (var module in piece)
        {
            x = module.call(x);
        }

        return x.MoveToOuterDisposeScope();
    }

    /// <summary>Where the generator stands, to draw the same once more.</summary>
    private sealed class Drawing : IDisposable
    {
        private readonly Tensor? state;
        private readonly long seed;

        private Drawing(Tensor? state, long seed) => (this.state, this.seed) = (state, seed);

        // The generator of a GPU tells nobody where it stands: there it is seeded anew, both times.
        public static Drawing Now(Device device, long seed)
        {
            if (device.type == DeviceType.CPU)
            {
                return new Drawing(get_rng_state().DetachFromDisposeScope(), seed);
            }

            manual_seed(seed);
            return new Drawing(null, seed);
        }

        public void Again()
        {
            if (state is null)
            {
                manual_seed(seed);
            }
            else
            {
                set_rng_state(state);
            }
        }

        public void Dispose() => state?.Dispose();
    }

    /// <summary>Running statistics, which are put back when their block has been computed again.</summary>
    private sealed class Statistics : IDisposable
    {
        private readonly (Tensor Live, Tensor Before)[] buffers;

        public Statistics(IEnumerable<nn.Module> piece)
        {
            using var _ = no_grad();
            buffers =
            [
                .. piece
                    .SelectMany(module => module.buffers())
                    .Select(live => (live, live.clone().DetachFromDisposeScope())),
            ];
        }

        public void Dispose()
        {
            using var _ = no_grad();
            foreach (var (live, before) in buffers)
            {
                live.copy_(before);
                before.Dispose();
            }
        }
    }
}
