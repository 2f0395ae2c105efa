using Notebook;
using TResNet.Data.Sources;

namespace TResNet.Interactive.Predict;

/// <summary>The images that a command line names: files, and those below folders.</summary>
/// <param name="Files">Their paths.</param>
/// <param name="Names">What they are called: the path from a folder that alone was named, else as it was named.</param>
internal sealed record NamedImages(IReadOnlyList<string> Files, IReadOnlyList<string> Names)
{
    /// <summary>Finds them.</summary>
    /// <exception cref="CommandException">There is nothing of a name, no image at all, or a folder cannot be listed.</exception>
    public static NamedImages Find(IReadOnlyList<string> paths)
    {
        var files = new List<string>();
        foreach (var path in paths)
        {
            if (Directory.Exists(path))
            {
                files.AddRange(Listed(path));
            }
            else if (File.Exists(path))
            {
                files.Add(path);
            }
            else
            {
                throw new CommandException($"There is no image or folder '{path}'; name image files.");
            }
        }

        return files.Count == 0
                ? throw new CommandException(
                    $"There are no images in {string.Join(", ", paths)}; name image files, or folders of them."
                )
            : paths is [var folder] && Directory.Exists(folder)
                ? new NamedImages(files, [.. files.Select(file => Path.GetRelativePath(folder, file))])
            : new NamedImages(files, files);
    }

    /// <summary>What a file is called.</summary>
    public string NameOf(string file) => Names[Places[file]];

    private Dictionary<string, int> Places { get; } =
        Files.Select((file, place) => (file, place)).DistinctBy(each => each.file).ToDictionary();

    private static IEnumerable<string> Listed(string folder)
    {
        try
        {
            return [.. ImageFileNames.Below(folder)];
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                $"{folder} cannot be listed ({refused.Message.TrimEnd('.')}): check the permissions."
            );
        }
    }
}
