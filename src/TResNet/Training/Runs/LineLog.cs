// A text file that gains a line now and then, for other programs to read while it does.
using System.Text;
using TResNet.Files;

namespace TResNet.Training.Runs;

/// <summary>A log of lines. What is on the disk is what was written last, or it is written afresh: a torn line does not stay.</summary>
/// <param name="path">The file.</param>
internal sealed class LineLog(string path)
{
    private int written;
    private long end = -1;

    /// <summary>Brings the file up to date: appends what is new, or rewrites it where it is not as it was left.</summary>
    /// <param name="lines">All lines from the first, those written before unchanged.</param>
    /// <exception cref="TResNetException">The disk refuses.</exception>
    public void Write(IReadOnlyList<string> lines)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true } file && file.Length == end)
            {
                if (lines.Count == written)
                {
                    return;
                }

                using var stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
                stream.Write(Bytes(lines.Skip(written)));
            }
            else
            {
                AtomicFile.Write(path, stream => stream.Write(Bytes(lines)));
            }

            (written, end) = (lines.Count, new FileInfo(path).Length);
        }
        catch (Exception e) when (AtomicFile.IsRefusal(e))
        {
            throw new TResNetException(
                $"{path} could not be written ({AtomicFile.Reason(e)}): make room, and the next epoch writes what it lacks.",
                e
            );
        }
    }

    private static byte[] Bytes(IEnumerable<string> lines) =>
        Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));
}
