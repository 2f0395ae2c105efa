namespace TResNet.Graphs;

/// <summary>Each of a graph's operations as those of the library of kernels.</summary>
internal static class PlanOperations
{
    /// <summary>Adds what computes a value.</summary>
    internal static void Add(PlanProgram program, Value value)
    {
        var shape = value.Shape;
        switch (value.Operation)
        {
            case Convolution conv:
                program.Add(Of(program, conv) with { Output = program[value] }, conv.Activation, shape);
                break;
            case Linear linear:
                var multiplied = On(program, PlanKind.Linear, linear.X, value) with
                {
                    Weight = program.Numbers(linear.Weight),
                    Bias = program.Numbers(linear.Bias),
                };
                program.Add(multiplied, linear.Activation, shape);
                break;
            case Pointwise { HasAffine: false, Gate: null, Addend: null } or Pointwise { X.IsMap: true }:
                AddPointwise(program, (Pointwise)value.Operation, program[value]);
                break;
            case Pointwise { X.Rank: 2, Gate: null } pointwise:
                AddRows(program, pointwise, value);
                break;
            case EvoNormS0 norm:
                program.Add(
                    On(program, PlanKind.EvoNorm, norm.X, value) with
                    {
                        V = program.Numbers(norm.V),
                        Weight = program.Numbers(norm.Weight),
                        Bias = program.Numbers(norm.Bias),
                        Groups = norm.Groups,
                        Epsilon = norm.Epsilon,
                    }
                );
                break;
            case EvoNormB0 norm:
                program.Add(
                    On(program, PlanKind.EvoNorm, norm.X, value) with
                    {
                        V = program.Numbers(norm.V),
                        Weight = program.Numbers(norm.Weight),
                        Bias = program.Numbers(norm.Bias),
                        Running = program.Numbers(norm.Deviation),
                        Groups = norm.X.Channels,
                        Epsilon = norm.Epsilon,
                    }
                );
                break;
            case MaxPool pool when pool.Dilation == Pair.Of(1):
                program.Add(
                    On(program, PlanKind.MaxPool, pool.X, value) with
                    {
                        Kernel = pool.Kernel,
                        Stride = pool.Stride,
                        Padding = pool.Padding,
                    }
                );
                break;
            case AveragePool pool when StaysInside(pool, shape):
                program.Add(
                    On(program, PlanKind.AveragePool, pool.X, value) with
                    {
                        Kernel = pool.Kernel,
                        Stride = pool.Stride,
                        Padding = pool.Padding,
                        CountsPadding = pool.CountsPadding ? 1 : 0,
                    }
                );
                break;
            case GlobalMean mean:
                program.Add(On(program, PlanKind.GlobalMean, mean.X, value));
                break;
            case GlobalMax max:
                program.Add(On(program, PlanKind.GlobalMax, max.X, value));
                break;
            case Pad { Top: >= 0, Bottom: >= 0, Left: >= 0, Right: >= 0 } pad:
                program.Add(
                    On(program, PlanKind.Pad, pad.X, value) with
                    {
                        Padding = new Pair(pad.Top, pad.Left),
                        Border = (int)pad.Kind,
                    }
                );
                break;
            case Blur { Border: PadKind.Reflect } blur:
                program.Add(On(program, PlanKind.Blur, blur.X, value) with { Stride = Pair.Of(blur.Stride) });
                break;
            case SpaceToDepth patches:
                program.Add(On(program, PlanKind.SpaceToDepth, patches.X, value) with { Patch = patches.Patch });
                break;
            case Flatten flatten:
                program.Add(On(program, PlanKind.Alias, flatten.X, value));
                break;
            case PartSoftmax softmax:
                program.Add(
                    On(program, PlanKind.Softmax, softmax.X, value) with
                    {
                        Count = softmax.Parts,
                        Groups = softmax.Groups,
                    }
                );
                break;
            case ChannelConvolution conv:
                AddChannelConvolution(program, conv, value);
                break;
            case Slice slice:
                program.AddParts(PlanKind.Channels, [Part(program, slice.X, slice.From, slice.Count)], program[value]);
                break;
            case Concatenation all:
                program.AddParts(PlanKind.Channels, Parts(program, all.Parts), program[value]);
                break;
            case Mix mix:
                AddMix(program, mix, value);
                break;
            default:
                program.AddInterpreted(value);
                break;
        }
    }

    private static PlanOperation On(PlanProgram program, PlanKind kind, Value x, Value result) =>
        new()
        {
            Kind = kind,
            Input = program[x],
            Output = program[result],
        };

    private static PlanOperation Of(PlanProgram program, Convolution conv) =>
        new()
        {
            Kind = PlanKind.Convolution,
            Input = program[conv.X],
            Addend = program[conv.Addend],
            Weight = program.Numbers(conv.Weight),
            Bias = program.Numbers(conv.Bias),
            Kernel = conv.Kernel,
            Stride = conv.Stride,
            Padding = conv.Padding,
            Dilation = conv.Dilation,
            Groups = conv.Groups,
        };

    // The library scales, shifts and adds maps alone, which rows are by another name.
    private static void AddRows(PlanProgram program, Pointwise pointwise, Value value)
    {
        IReadOnlyList<long> shape = [.. value.Shape, 1, 1];
        var operation = new PlanOperation
        {
            Kind = PlanKind.Pointwise,
            Input = program.Alias(program[pointwise.X], shape),
            Output = program.Declare(shape),
            Addend = pointwise.Addend is null ? 0 : program.Alias(program[pointwise.Addend], shape),
            Scale = program.Numbers(pointwise.Scale),
            Shift = program.Numbers(pointwise.Shift),
        };
        program.Add(operation, pointwise.Activation, shape);
        program.AddAlias(operation.Output, program[value]);
    }

    private static void AddPointwise(PlanProgram program, Pointwise pointwise, int output)
    {
        var (x, shape) = (program[pointwise.X], pointwise.X.Shape);
        if (pointwise is { Gate: not null, Scale: not null })
        {
            // The library has place for one factor.
            var gated = program.Declare(shape);
            program.Add(
                new PlanOperation
                {
                    Kind = PlanKind.Pointwise,
                    Input = x,
                    Output = gated,
                    Gate = program[pointwise.Gate],
                }
            );
            (x, pointwise) = (gated, pointwise with { Gate = null });
        }

        var operation = new PlanOperation
        {
            Kind = PlanKind.Pointwise,
            Input = x,
            Output = output,
            Gate = program[pointwise.Gate],
            Addend = program[pointwise.Addend],
            Scale = program.Numbers(pointwise.Scale),
            Shift = program.Numbers(pointwise.Shift),
        };
        program.Add(operation, pointwise.Activation, shape);
    }

    // The library divides by the whole kernel, and PyTorch by what of it lies on the map and its padding.
    private static bool StaysInside(AveragePool pool, IReadOnlyList<long> shape)
    {
        return !pool.CountsPadding
            || (
                Inside(pool.X.Shape[2], shape[2], pool.Kernel.Height, pool.Stride.Height, pool.Padding.Height)
                && Inside(pool.X.Shape[3], shape[3], pool.Kernel.Width, pool.Stride.Width, pool.Padding.Width)
            );

        static bool Inside(long size, long windows, long kernel, long stride, long padding) =>
            ((windows - 1) * stride) + kernel - padding <= size + padding;
    }

    private static void AddChannelConvolution(PlanProgram program, ChannelConvolution conv, Value value)
    {
        var (x, reach, channels) = (program[conv.X], conv.Weight.numel() / 2, conv.X.Channels);
        if (conv.Circular)
        {
            x = program.Declare([conv.X.Shape[0], channels + (2 * reach), 1, 1]);
            program.AddParts(
                PlanKind.Channels,
                [
                    Part(program, conv.X, channels - reach, reach),
                    Part(program, conv.X, 0, channels),
                    Part(program, conv.X, 0, reach),
                ],
                x
            );
        }

        program.Add(
            new PlanOperation
            {
                Kind = PlanKind.ChannelConvolution,
                Input = x,
                Output = program[value],
                Weight = program.Numbers(conv.Weight),
                Kernel = new Pair(conv.Weight.numel(), 1),
                Padding = new Pair(conv.Circular ? 0 : reach, 0),
            }
        );
    }

    // The library sums an even number of parts; one that is left over is added.
    private static void AddMix(PlanProgram program, Mix mix, Value value)
    {
        var parts = Parts(program, mix.Parts);
        var (count, channels, output) = (parts.Length, value.Channels, program[value]);
        if (count % 2 == 0)
        {
            program.AddParts(PlanKind.Mix, parts, output, program[mix.Gate]);
            return;
        }

        var images = value.Shape[0];
        var shares = 0;
        if (mix.Gate is not null)
        {
            shares = program.Alias(program[mix.Gate], [images, count * channels, 1, 1]);
        }

        var sum = 0;
        if (count > 1)
        {
            sum = program.Declare(value.Shape);
            program.AddParts(PlanKind.Mix, parts.AsSpan(..^1), sum, Shares(0, count - 1));
        }

        var last = program.Declare(value.Shape);
        program.AddParts(PlanKind.Channels, [parts[^1]], last);
        program.Add(
            new PlanOperation
            {
                Kind = PlanKind.Pointwise,
                Input = last,
                Output = output,
                Gate = Shares(count - 1, 1),
                Addend = sum,
            }
        );

        int Shares(int first, int some)
        {
            if (shares == 0)
            {
                return 0;
            }

            var chosen = program.Declare([images, some * channels, 1, 1]);
            program.AddParts(
                PlanKind.Channels,
                [
                    new PlanPart
                    {
                        Value = shares,
                        From = first * channels,
                        Count = some * channels,
                    },
                ],
                chosen
            );
            return chosen;
        }
    }

    private static PlanPart[] Parts(PlanProgram program, IReadOnlyList<Value> parts) =>
        [.. parts.Select(part => Part(program, part, 0, part.Channels))];

    // A part of a part is a part of the whole.
    private static PlanPart Part(PlanProgram program, Value value, long from, long count) =>
        value.Operation is Slice slice
            ? Part(program, slice.X, slice.From + from, count)
            : new PlanPart
            {
                Value = program[value],
                From = from,
                Count = count,
            };
}
