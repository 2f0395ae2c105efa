namespace Notebook.Jupyter.Kernel;

/// <summary>
/// What the kernel has to say to whoever started it. It goes to the process's own standard error, which Jupyter shows in its
/// log; <see cref="Console.Error"/> belongs to the cells. Safe to use from several threads.
/// </summary>
/// <param name="writer">Where it goes.</param>
/// <param name="product">The program that each line begins with.</param>
internal sealed class KernelLog(TextWriter writer, string product)
{
    private readonly Lock gate = new();

    /// <summary>A log on the process's standard error.</summary>
    public static KernelLog ToStandardError(string product) =>
        new(new StreamWriter(Console.OpenStandardError()) { AutoFlush = true }, product);

    /// <summary>Writes one line.</summary>
    public void Write(string line)
    {
        lock (gate)
        {
            try
            {
                writer.WriteLine($"[{product} kernel {DateTime.Now:HH:mm:ss}] {line.ReplaceLineEndings(" ")}");
            }
            catch (IOException)
            {
                // Nobody reads the log any more, which is no reason to stop.
            }
        }
    }
}
