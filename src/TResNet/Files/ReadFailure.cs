namespace TResNet.Files;

/// <summary>The one sentence for a file that is there and cannot be read.</summary>
internal static class ReadFailure
{
    /// <summary>Names the file, what the system says, and what to do.</summary>
    internal static TResNetException Of(string path, Exception refused) =>
        new($"{path} cannot be read ({refused.Message.TrimEnd('.')}); check the disk and its permissions.", refused);
}
