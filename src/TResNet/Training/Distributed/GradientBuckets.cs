// As PyTorch's DistributedDataParallel has them (S. Li et al., arXiv 2006.15704, section 3.2): gradients are gathered in buckets in the order in which
// backward makes them, and a bucket goes its way as soon as it is full, while backward goes on. The first is small, so that the way is busy early.

using TorchSharp;
using TorchSharp.Modules;
using TResNet.Compute;
using TResNet.Compute.Distributed;
using static TorchSharp.torch;

namespace TResNet.Training.Distributed;

/// <summary>Sums the gradients of a network over all processes.</summary>
internal sealed class GradientBuckets : IDisposable
{
    /// <summary>Bytes of the first bucket, about.</summary>
    public const long FirstBytes = 1 << 20;

    /// <summary>Bytes of each other one but the last, about.</summary>
    public const long OtherBytes = 25 << 20;

    // What others may still write to after an error, until this process has ended them.
    private static readonly List<Tensor> Kept = [];

    private readonly IGradientTransport transport;
    private readonly List<Bucket> buckets = [];
    private readonly List<GradientHook> hooks = [];
    private readonly ProgressThread? progress;
    private int next;
    private bool isArmed;

    /// <summary>Makes the buckets, and watches the gradients where that can be done.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="model">The same network on all of them, whose frozen layers want no gradients by now.</param>
    /// <param name="overlaps">Whether buckets may start while backward runs: each gradient then comes once in a backward.</param>
    public GradientBuckets(ProcessGroup group, nn.Module model, bool overlaps)
    {
        // Parameters are listed about as forward uses them, so backward comes to the last ones first.
        Parameter[] all = [.. model.parameters().Where(p => p.requires_grad).Reverse()];
        Parameters = all;
        RequireTypes(all);
        var device = all.Length > 0 ? all[0].device : CPU;
        transport = GradientTransport.Of(group, device);
        foreach (var piece in Pieces(all))
        {
            buckets.Add(new Bucket(piece, transport.Device));
        }

        Overlaps = overlaps && device.type == DeviceType.CPU && GradientHook.Available;
        if (Overlaps)
        {
            progress = new ProgressThread(group);
            foreach (var bucket in buckets)
            {
                for (var i = 0; i < bucket.Parameters.Length; i++)
                {
                    var place = i;
                    hooks.Add(GradientHook.On(bucket.Parameters[i], gradient => Seen(bucket, place, gradient)));
                }
            }
        }
    }

    /// <summary>What learns, in the order of the buckets.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Whether buckets start while backward still runs.</summary>
    public bool Overlaps { get; }

    /// <summary>How many buckets there are.</summary>
    public int Count => buckets.Count;

    /// <summary>How many of the step's have started.</summary>
    public int Started => next;

    /// <summary>Begins a step.</summary>
    public void Begin()
    {
        (next, isArmed) = (0, false);
        buckets.ForEach(bucket => bucket.Begin());
    }

    /// <summary>The next backward is the step's last: what it makes goes its way at once.</summary>
    public void Arm() => isArmed = Overlaps;

    /// <summary>Backward is over: starts what has not started.</summary>
    public void Flush()
    {
        isArmed = false;
        foreach (var failure in hooks.Select(hook => hook.Failure).Append(progress?.Failure).OfType<Exception>())
        {
            throw new TResNetException($"The exchange of gradients failed: {failure.Message}", failure);
        }

        using var _ = no_grad();
        while (next < buckets.Count)
        {
            buckets[next].Complete();
            Start();
        }
    }

    /// <summary>Waits for all of them, and puts the sums in the place of the gradients.</summary>
    /// <param name="isThere">Whether anybody has a gradient of a parameter of <see cref="Parameters"/>.</param>
    public void Finish(Func<int, bool> isThere)
    {
        using var _ = no_grad();
        var at = 0;
        foreach (var bucket in buckets)
        {
            bucket.Finish(isThere, at);
            at += bucket.Parameters.Length;
        }

        progress?.Rest();
    }

    /// <summary>Waits for the sums alone.</summary>
    public void Wait()
    {
        buckets.ForEach(bucket => bucket.Wait());
        progress?.Rest();
    }

    /// <summary>Ends the connection in order, where all processes do so.</summary>
    public void Leave() => transport.Leave();

    /// <inheritdoc/>
    public void Dispose()
    {
        hooks.ForEach(hook => hook.Dispose());
        progress?.Dispose();
        buckets.ForEach(bucket => bucket.Dispose());
        transport.Dispose();
    }

    private void Seen(Bucket bucket, int place, Tensor gradient)
    {
        if (!isArmed)
        {
            return;
        }

        bucket.Put(place, gradient);
        // All processes start them in one order.
        while (next < buckets.Count && buckets[next].IsFull)
        {
            Start();
        }
    }

    private void Start()
    {
        buckets[next++].Start(transport);
        progress?.Work();
    }

    private static void RequireTypes(IEnumerable<Parameter> parameters)
    {
        foreach (var type in parameters.Select(parameter => parameter.dtype))
        {
            if (type is not (ScalarType.Float32 or ScalarType.Float64))
            {
                throw new TResNetException(
                    $"Parameters of {type} cannot be trained by several processes: take float32 weights, and --amp for the rest."
                );
            }
        }
    }

    private static IEnumerable<Parameter[]> Pieces(IEnumerable<Parameter> parameters)
    {
        var piece = new List<Parameter>();
        var (bytes, limit) = (0L, FirstBytes);
        foreach (var parameter in parameters)
        {
            if (piece.Count > 0 && (bytes >= limit || piece[0].dtype != parameter.dtype))
            {
                yield return [.. piece];
                piece.Clear();
                (bytes, limit) = (0, OtherBytes);
            }

            piece.Add(parameter);
            bytes += parameter.numel() * parameter.ElementSize;
        }

        if (piece.Count > 0)
        {
            yield return [.. piece];
        }
    }

    /// <summary>Gradients one behind the other in one tensor.</summary>
    private sealed class Bucket : IDisposable
    {
        private readonly Tensor flat;
        private readonly Tensor[] views;
        private readonly bool[] isPut;
        private int missing;
        private IPendingReduction? pending;

        public Bucket(Parameter[] parameters, Device device)
        {
            Parameters = parameters;
            flat = zeros(parameters.Sum(p => p.numel()), parameters[0].dtype, device).DetachFromDisposeScope();
            views = new Tensor[parameters.Length];
            isPut = new bool[parameters.Length];
            var offset = 0L;
            for (var i = 0; i < views.Length; i++)
            {
                // In the parameter's own order of memory, which is without gaps: copies are then of bytes.
                views[i] = flat.as_strided(parameters[i].shape, parameters[i].stride(), offset)
                    .DetachFromDisposeScope();
                offset += parameters[i].numel();
            }
        }

        public Parameter[] Parameters { get; }

        public bool IsFull => missing == 0;

        public void Begin()
        {
            Array.Clear(isPut);
            missing = isPut.Length;
        }

        // Comes before the gradient is added to what earlier batches of the step left.
        public void Put(int place, Tensor gradient)
        {
            if (pending is not null)
            {
                throw new InvalidOperationException("a parameter's gradient came twice in one backward");
            }

            views[place].copy_(gradient);
            if (Parameters[place].grad is { } before)
            {
                views[place].add_(before);
            }

            missing -= isPut[place] ? 0 : 1;
            isPut[place] = true;
        }

        public void Complete()
        {
            for (var i = 0; i < views.Length; i++)
            {
                if (isPut[i])
                {
                    continue;
                }

                if (Parameters[i].grad is { } gradient)
                {
                    views[i].copy_(gradient);
                }
                else
                {
                    views[i].zero_();
                }
            }
        }

        public void Start(IGradientTransport transport) => pending = transport.AllReduce(flat);

        public void Wait()
        {
            pending?.Wait();
            pending = null;
        }

        public void Finish(Func<int, bool> isThere, int first)
        {
            Wait();
            for (var i = 0; i < views.Length; i++)
            {
                if (!isThere(first + i))
                {
                    continue;
                }

                if (Parameters[i].grad is { } gradient)
                {
                    gradient.copy_(views[i]);
                }
                else
                {
                    // A process without an image of its own.
                    Parameters[i].grad = views[i].to(Parameters[i].device).clone();
                }
            }
        }

        public void Dispose()
        {
            if (pending is not null)
            {
                Kept.Add(flat);
                return;
            }

            foreach (var view in views)
            {
                view.Dispose();
            }

            flat.Dispose();
        }
    }
}
