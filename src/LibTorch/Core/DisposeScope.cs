namespace TorchSharp;

public static partial class torch
{
    /// <summary>Opens a scope on this thread: tensors made until it is disposed go with it, unless moved out or detached.</summary>
    /// <example><c>using var scope = torch.NewDisposeScope(); ... return result.MoveToOuterDisposeScope();</c></example>
    public static DisposeScope NewDisposeScope() => DisposeScopeManager.Open();
}

/// <summary>A set of tensors that are freed together. Scopes nest; each belongs to the thread that opened it.</summary>
public sealed class DisposeScope : IDisposable
{
    private readonly HashSet<IDisposable> members = new(ReferenceEqualityComparer.Instance);

    internal DisposeScope(DisposeScope? outer) => OuterScope = outer;

    /// <summary>The scope that was open when this one was.</summary>
    internal DisposeScope? OuterScope { get; }

    /// <summary>How many tensors it holds now.</summary>
    public int DisposablesCount => members.Count;

    /// <summary>True if the scope will free the value.</summary>
    public bool Contains(IDisposable disposable) => members.Contains(disposable);

    /// <summary>Hands a value to the scope outside this one; where there is none, to nobody.</summary>
    /// <returns>The value.</returns>
    public T MoveToOuter<T>(T disposable)
        where T : IDisposable
    {
        Move(disposable, OuterScope);
        return disposable;
    }

    /// <summary>Hands two values to the scope outside this one.</summary>
    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable => (MoveToOuter(first), MoveToOuter(second));

    /// <summary>Hands three values to the scope outside this one.</summary>
    public (T1 first, T2 second, T3 third) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable => (MoveToOuter(first), MoveToOuter(second), MoveToOuter(third));

    /// <summary>Hands values to the scope outside this one.</summary>
    public void MoveToOuter(params IDisposable[] disposables)
    {
        foreach (var disposable in disposables)
        {
            Move(disposable, OuterScope);
        }
    }

    /// <summary>Takes a value out of the scope: whoever has it frees it, or the collector does.</summary>
    /// <returns>The value.</returns>
    public T Detach<T>(T disposable)
        where T : IDisposable
    {
        Move(disposable, null);
        return disposable;
    }

    /// <summary>Takes values out of the scope.</summary>
    public void Detach(params IDisposable[] disposables)
    {
        foreach (var disposable in disposables)
        {
            Move(disposable, null);
        }
    }

    /// <summary>Takes a value into this scope, from whatever scope it is in.</summary>
    public void Attach(IDisposable disposable)
    {
        if (disposable is torch.Tensor tensor)
        {
            tensor.OwningScope?.members.Remove(tensor);
            tensor.OwningScope = this;
        }

        members.Add(disposable);
    }

    /// <summary>Takes values into this scope, from whatever scope they are in.</summary>
    public void Attach(params IDisposable[] disposables) => Attach((IEnumerable<IDisposable>)disposables);

    /// <summary>Takes values into this scope, from whatever scope they are in.</summary>
    /// <returns>The values.</returns>
    public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables)
    {
        IDisposable[] attached = [.. disposables];
        foreach (var disposable in attached)
        {
            Attach(disposable);
        }

        return attached;
    }

    /// <summary>Frees everything now and stays open.</summary>
    public void DisposeEverything() => DisposeEverythingBut([]);

    /// <summary>Frees everything except what is named, and stays open.</summary>
    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        var kept = inKeep.ToHashSet<IDisposable>(ReferenceEqualityComparer.Instance);
        var doomed = members.Where(m => !kept.Contains(m)).ToArray();
        foreach (var disposable in doomed)
        {
            disposable.Dispose();
            members.Remove(disposable);
        }
    }

    /// <summary>Frees everything except what is named, and stays open.</summary>
    public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut((IEnumerable<IDisposable>)keep);

    /// <summary>Frees everything except one value, and stays open.</summary>
    /// <returns>The value.</returns>
    public T DisposeEverythingBut<T>(T keep)
        where T : IDisposable
    {
        DisposeEverythingBut((IEnumerable<IDisposable>)[keep]);
        return keep;
    }

    /// <summary>Frees everything except two values, and stays open.</summary>
    /// <returns>The values.</returns>
    public (T1 first, T2 second) DisposeEverythingBut<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable
    {
        DisposeEverythingBut((IEnumerable<IDisposable>)[first, second]);
        return (first, second);
    }

    /// <summary>Frees everything and closes the scope, and any opened inside it and left open.</summary>
    public void Dispose()
    {
        DisposeScopeManager.Close(this);
        foreach (var disposable in members)
        {
            if (disposable is torch.Tensor tensor)
            {
                tensor.OwningScope = null;
            }

            disposable.Dispose();
        }

        members.Clear();
    }

    internal void Add(torch.Tensor tensor)
    {
        tensor.OwningScope = this;
        members.Add(tensor);
    }

    internal void Remove(torch.Tensor tensor) => members.Remove(tensor);

    private void Move(IDisposable disposable, DisposeScope? target)
    {
        if (!members.Remove(disposable))
        {
            return;
        }

        if (disposable is torch.Tensor tensor)
        {
            tensor.OwningScope = target;
        }

        target?.members.Add(disposable);
    }
}

/// <summary>The scopes of this thread.</summary>
public static class DisposeScopeManager
{
    [ThreadStatic]
    private static DisposeScope? current;

    /// <summary>How many tensors there are.</summary>
    public static ThreadDisposeScopeStatistics Statistics { get; } = new();

    internal static DisposeScope? Current => current;

    internal static DisposeScope Open() => current = new DisposeScope(current);

    internal static void Close(DisposeScope scope)
    {
        for (var open = current; open is not null; open = open.OuterScope)
        {
            if (ReferenceEquals(open, scope))
            {
                current = scope.OuterScope;
                return;
            }
        }
    }
}

/// <summary>Counts of live tensors, for tests that nothing is left behind.</summary>
public sealed class ThreadDisposeScopeStatistics
{
    internal ThreadDisposeScopeStatistics() { }

    /// <summary>Tensors of the whole process that are neither disposed nor collected; TorchSharp counts those of the thread.</summary>
    public long ThreadTotalLiveCount => torch.Tensor.TotalCount;
}
