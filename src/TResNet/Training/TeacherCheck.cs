using TResNet.Building;
using TResNet.Compute;
using TResNet.Data.Loading;
using TResNet.Profiling.Counting;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>Refuses a teacher that speaks of something else than the images, before the first step.</summary>
internal static class TeacherCheck
{
    /// <summary>Refuses a teacher that is trained itself, computes elsewhere, or has other channels or labels of another kind.</summary>
    /// <exception cref="TResNetException">It is.</exception>
    public static void Require(nn.Module<Tensor, Tensor> teacher, nn.Module<Tensor, Tensor> student, ImageDataset train)
    {
        var name = teacher.DisplayName();
        if (teacher.modules().Prepend(teacher).Any(module => ReferenceEquals(module, student)))
        {
            throw new TResNetException(
                $"The teacher is {name} itself, the network that is trained, and would tell it what it says already: save it to a file and name that, or name another network."
            );
        }

        var (its, own) = (Placement.Of(teacher).Device, Placement.Of(student).Device);
        if ((its.type, its.index) != (own.type, own.index))
        {
            throw new TResNetException(
                $"The teacher {name} is on {its} and the network on {own}: move it there with to()."
            );
        }

        if (teacher is not Network network)
        {
            return;
        }

        if (network.InChans != train.Channels && (network.InChans is not (1 or 3) || train.Channels is not (1 or 3)))
        {
            throw new TResNetException(
                $"The teacher {name} takes images of {network.InChans} channels, and those of {train.Name} have {train.Channels}: take one for as many."
            );
        }

        if (network.MultiLabel != train.IsMultiLabel)
        {
            throw new TResNetException(
                $"The teacher {name} was trained for {Labels(network.MultiLabel)}, and an image of {train.Name} has {Labels(train.IsMultiLabel)}: take a teacher that was trained on labels of the same kind."
            );
        }
    }

    /// <summary>Refuses a teacher that has other classes than the images, by its answer and by their names where it knows them.</summary>
    /// <param name="teacher">The teacher.</param>
    /// <param name="shape">The shape of an image that it gets.</param>
    /// <param name="train">The images.</param>
    /// <exception cref="TResNetException">It has.</exception>
    public static void RequireClasses(nn.Module<Tensor, Tensor> teacher, long[] shape, ImageDataset train)
    {
        using var scope = NewDisposeScope();
        var outputs = InputCheck.Try(teacher, shape).shape;
        var (name, classes) = (teacher.DisplayName(), train.Classes);
        if (outputs.Length != 2 || outputs[1] != classes.Count)
        {
            throw new TResNetException(
                $"The teacher {name} answers with {string.Join(" x ", outputs[1..])} values, and {train.Name} has {classes.Count} classes: train it on these classes first (train --weights --output), and take the result."
            );
        }

        if (teacher is not Network { Classes: { } names } || names.SequenceEqual(classes))
        {
            return;
        }

        var at = Enumerable.Range(0, classes.Count).First(i => names[i] != classes[i]);
        var advice = names.Order(StringComparer.Ordinal).SequenceEqual(classes.Order(StringComparer.Ordinal))
            ? "number the classes as it does (--class-order, --class-map)"
            : "take one that was trained on these classes; where they only have other names, convert-weights --classes writes them into a copy";
        throw new TResNetException(
            $"The teacher {name} calls class {at + 1} of {classes.Count} {Files.FileText.Quote(names[at])}, and it is {Files.FileText.Quote(classes[at])} in {train.Name}: {advice}."
        );
    }

    private static string Labels(bool areSeveral) => areSeveral ? "several labels an image" : "one label an image";
}
