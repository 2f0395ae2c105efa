using Notebook;
using TResNet.Evaluation;
using TResNet.Files;

namespace TResNet.Interactive.Predict;

/// <summary>Copies of images, a folder for each class that they were given.</summary>
internal static class ClassFolders
{
    private const string NoLabel = "no label";

    /// <summary>Refuses a folder with something in it, whose files would be mixed with others or replaced.</summary>
    /// <exception cref="CommandException">It is not empty, or a file.</exception>
    /// <param name="option">The option that names it.</param>
    /// <param name="folder">The folder; null for none.</param>
    public static void RequireEmpty(string option, string? folder)
    {
        if (folder is not null && (File.Exists(folder) || (Directory.Exists(folder) && !IsEmpty(folder))))
        {
            throw new CommandException(
                $"{option} {folder} is {(File.Exists(folder) ? "a file" : "not empty")}: name a new folder, or an empty one."
            );
        }
    }

    /// <summary>Copies each image that could be read; one of several labels into the folder of each.</summary>
    /// <param name="folder">Made where it is missing.</param>
    /// <param name="seen">The images and what they show.</param>
    /// <returns>How many files were written, into how many folders.</returns>
    /// <exception cref="TResNetException">A class's name is no folder's, or the disk refuses.</exception>
    public static (int Files, int Folders) Copy(string folder, Predictions seen)
    {
        (string Class, ImagePrediction Image)[] all =
        [
            .. seen.Images.SelectMany(image => ClassesOf(image).Select(each => (each, image))),
        ];
        foreach (var name in all.Select(each => each.Class).Distinct())
        {
            RequireFolderName(name);
        }

        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, image) in all)
        {
            var target = Free(Path.Combine(folder, name), Path.GetFileName(image.File), taken);
            try
            {
                Directory.CreateDirectory(Path.Combine(folder, name));
                File.Copy(image.File, target);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                throw new TResNetException(
                    $"{image.File} cannot be copied to {target} ({refused.Message.TrimEnd('.')}): choose another place or make room.",
                    refused
                );
            }
        }

        return (all.Length, all.Select(each => each.Class).Distinct().Count());
    }

    private static IEnumerable<string> ClassesOf(ImagePrediction image) =>
        image.Labels is null ? [image.Top[0].Class]
        : image.Labels.Count == 0 ? [NoLabel]
        : image.Labels.Select(label => label.Class).Distinct();

    // Names come out of files of weights, which are not trusted: no copy may leave the folder.
    private static void RequireFolderName(string name)
    {
        if (
            string.IsNullOrWhiteSpace(name)
            || name is "." or ".."
            || name.Any(c => c is '/' or '\\' || char.IsControl(c))
        )
        {
            throw new TResNetException(
                $"The class {FileText.Quote(name)} is no folder's name, so --copy-to has no place for its images: name the classes with --classes FILE."
            );
        }
    }

    /// <summary>A path that no other image has: those of one name in several folders are told apart by a number.</summary>
    public static string Free(string folder, string name, HashSet<string> taken)
    {
        var target = Path.Combine(folder, name);
        for (var number = 2; !taken.Add(target); number++)
        {
            target = Path.Combine(
                folder,
                $"{Path.GetFileNameWithoutExtension(name)}_{number}{Path.GetExtension(name)}"
            );
        }

        return target;
    }

    private static bool IsEmpty(string folder) => !Directory.EnumerateFileSystemEntries(folder).Any();
}
