// One JSON object a line, so that a person can read it and a damaged line costs no other.

using System.Text.Json;
using TResNet.Checkpoints;
using TResNet.Files;

namespace TResNet.Profiling.Throughput;

/// <summary>A file of one JSON object a line.</summary>
internal static class JsonLines
{
    /// <summary>The objects of a file in its order, without lines that are none.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static IEnumerable<T> Read<T>(string path, JsonSerializerOptions options)
        where T : class => File.ReadLines(path).Select(line => Parse<T>(line, options)).OfType<T>();

    /// <summary>Replaces a file as a whole.</summary>
    /// <exception cref="TResNetException">The disk refuses; what was there before is untouched.</exception>
    public static void Write<T>(string path, IEnumerable<T> all, JsonSerializerOptions options)
    {
        var lines = all.Select(each => JsonSerializer.SerializeToUtf8Bytes(each, options)).ToArray();
        AtomicFile.Write(
            path,
            stream =>
            {
                foreach (var line in lines)
                {
                    stream.Write(line);
                    stream.WriteByte((byte)'\n');
                }
            }
        );
    }

    private static T? Parse<T>(string line, JsonSerializerOptions options)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line, options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
