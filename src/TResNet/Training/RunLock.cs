using System.Globalization;

namespace TResNet.Training;

/// <summary>
/// Keeps a run's folder for one process while it trains: two would write each other's states over. What keeps it is a lock on a file, which the
/// system gives up with the process, however that ends; another file says which process it is.
/// </summary>
internal sealed class RunLock : IDisposable
{
    private const string LockName = ".lock";
    private const string OwnerName = ".lock-owner";
    private readonly FileStream held;
    private readonly string owner;

    private RunLock(FileStream held, string owner) => (this.held, this.owner) = (held, owner);

    /// <summary>Takes the folder.</summary>
    /// <param name="folder">The run's folder, which exists.</param>
    /// <exception cref="TResNetException">Another process trains in it; it is named.</exception>
    public static RunLock? Take(string folder)
    {
        var owner = Path.Combine(folder, OwnerName);
        FileStream held;
        try
        {
            held = new FileStream(
                Path.Combine(folder, LockName),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None,
                bufferSize: 1,
                FileOptions.DeleteOnClose
            );
        }
        catch (UnauthorizedAccessException)
        {
            return null; // what writes the states says so
        }
        catch (IOException taken)
        {
            throw new TResNetException(
                $"The run in {folder} is going on already, in {Named(owner)}: wait for it, stop it, or choose another folder.",
                taken
            );
        }

        try
        {
            File.WriteAllText(
                owner,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"process {Environment.ProcessId} on {Environment.MachineName}, since {DateTimeOffset.Now:yyyy-MM-dd HH:mm}"
                )
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A full disk is said where states are written; the lock holds all the same.
        }

        return new RunLock(held, owner);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(owner);
        held.Dispose();
    }

    private static string Named(string owner)
    {
        try
        {
            return File.ReadAllText(owner) is { Length: > 0 } name ? name : "another process";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }
    }
}
