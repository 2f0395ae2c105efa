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
        catch (IOException taken) when (IsHeld(taken))
        {
            throw new TResNetException(
                $"The run in {folder} is going on already, in {Named(owner)}: wait for it, stop it, or choose another folder.",
                taken
            );
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            return null; // a disk that is full or cannot be written is said where states are
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
        try
        {
            File.Delete(owner);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // With its folder, or left behind: a name without a lock holds nobody up.
        }
        finally
        {
            held.Dispose();
        }
    }

    // EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION of Windows.
    private static bool IsHeld(IOException refused) => refused.HResult is 11 or 35 or unchecked((int)0x80070020);

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
