namespace TResNet.Architectures;

/// <summary>A network as data. A family's file lists them; building turns one into a module.</summary>
public abstract record Architecture
{
    /// <summary>Name, paper, input size.</summary>
    public required ModelInfo Info { get; init; }

    /// <summary>Builds the module with fresh weights from libtorch's generator (see <c>torch.manual_seed</c>).</summary>
    /// <param name="numClasses">Length of its output, at least 1.</param>
    /// <param name="inChans">Channels of its input, at least 1.</param>
    /// <exception cref="TResNetException">A number is out of range.</exception>
    public Network Build(int numClasses = 1000, int inChans = 3)
    {
        if (numClasses < 1)
        {
            throw new TResNetException($"{Info.Name} was asked for {numClasses} classes: it takes at least 1.");
        }

        if (inChans < 1)
        {
            throw new TResNetException($"{Info.Name} was asked for {inChans} input channels: it takes at least 1.");
        }

        return Make(numClasses, inChans);
    }

    /// <summary>Builds the module; the numbers were checked.</summary>
    private protected abstract Network Make(int numClasses, int inChans);
}
