// A folder for each class, as torchvision's ImageFolder has it (ImageNet, Imagenette, flowers, cars): the same names in the same order, so that
// a label means the same here and in PyTorch.

using System.Text.RegularExpressions;
using TResNet.Data.Images;

namespace TResNet.Data.Sources;

/// <summary>Images in folders that are named after their classes, nested as deep as you like: <c>flowers/tulip/field/1.jpg</c>.</summary>
internal static partial class ImageFolder
{
    /// <summary>
    /// Lists the images of <c>train</c> and <c>val</c>, or of what else such folders are called (<c>Training</c> and <c>Testing</c>,
    /// <c>seg_train</c> and <c>seg_test</c>), beside each other or in each class, below any number of wrappers. Without <c>train</c>, the folders are
    /// the classes; without <c>val</c>, every fifth image of each class is held out in the order of their names, at least one where there are two.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="validation">The folder of the validation classes; null to look for it in <paramref name="folder"/>.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <returns>The images to train on and those held out. Classes are the training part's folders in ordinal order, or as the options say.</returns>
    /// <exception cref="TResNetException">
    /// The folder is not there or not readable, has fewer than two classes, a class without images, no image that could be held out, or validation classes
    /// that are not trained on; or a decoding library is missing.
    /// </exception>
    public static (ImageSource Train, ImageSource Validation) Load(
        string folder,
        string? validation = null,
        SourceOptions? options = null
    )
    {
        ImageCodec.Jpeg.Require();
        ImageCodec.Png.Require();
        options ??= SourceOptions.Default;
        try
        {
            var layout = FolderLayout.Find(folder);
            var tested = validation is null ? layout.Validation : FolderPart.Of(FolderLayout.Unwrap(validation));
            var (name, remarks) = (SplitNames.Of(folder), new List<string>());
            var classes = ClassesOf(layout.Train, options, remarks);
            Remark(folder, layout, validation ?? tested?.Folder, remarks);
            if (tested is null)
            {
                return SourceSubset.Split(List(name, layout.Train, classes, options, isTrained: true, remarks));
            }

            if (tested.Classes.Count == 0)
            {
                throw new TResNetException(
                    $"{tested.Folder} holds no folders, but each class of images needs one; name the folder that holds them."
                );
            }

            RequireKnown(tested, layout.Train, classes, options);
            return (
                List($"{name} (train)", layout.Train, classes, options, isTrained: true, remarks),
                List($"{name} (held out)", tested, classes, options, isTrained: false, [])
            );
        }
        catch (Exception unreadable) when (unreadable is UnauthorizedAccessException or IOException)
        {
            throw new TResNetException(
                $"{folder} cannot be listed ({unreadable.Message.TrimEnd('.')}); check the name and the permissions.",
                unreadable
            );
        }
    }

    private static ClassList ClassesOf(FolderPart part, SourceOptions options, List<string> remarks) =>
        part.Classes switch
        {
            [] => throw new TResNetException(
                $"{part.Folder} holds no folders, but each class of images needs one; name the folder that holds them."
            ),
            [var only] => throw new TResNetException(
                $"{part.Folder} holds one class, {only.Class}, but there have to be at least two; name the folder that holds the classes."
            ),
            var all
                when all.Any(each => SplitNames.IsTrain(each.Class))
                    && all.Any(each => SplitNames.IsValidation(each.Class)) => throw new TResNetException(
                $"{part.Folder} holds {ClassList.Some([.. all.Select(each => each.Class)])}, but no folder in them names a class; name a CSV file that says what the images show."
            ),
            _ => ClassList.Of(part.Classes.Select(each => each.Class), options, part.Folder, remarks),
        };

    private static void RequireKnown(FolderPart tested, FolderPart trained, ClassList classes, SourceOptions options)
    {
        var unknown = tested.Classes.Select(each => each.Class).FirstOrDefault(name => classes.Match(name) is null);
        if (unknown is null || options.ClassMap is not null)
        {
            return;
        }

        var alike = trained.Classes.Select(each => each.Class).FirstOrDefault(name => Shape(name) == Shape(unknown));
        throw new TResNetException(
            $"{tested.Folder} has a class {unknown} that {trained.Folder} has not"
                + (alike is null ? "" : $" ({alike} there looks like it, but is written with other Unicode characters)")
                + "; a network can only be tested on classes it was trained on, so rename or remove it."
        );

        // An accent is part of its letter or a character of its own, whichever system has made the folder.
        static string Shape(string name) => OtherLetters().Replace(name, "?");
    }

    [GeneratedRegex(@".[\u0300-\u036F]+|[^\x00-\x7F]")]
    private static partial Regex OtherLetters();

    private static void Remark(string folder, FolderLayout layout, string? tested, List<string> remarks)
    {
        if (layout.Unused.Count > 0)
        {
            remarks.Add(
                $"{folder}: trains on {Relative(layout.Train.Folder)} and tests on "
                    + $"{(tested is null ? "every fifth image of it" : Relative(tested))}; left unused: {ClassList.Some(layout.Unused)}."
            );
        }

        if (layout.Test is not null)
        {
            remarks.Add(
                $"{folder}: {Relative(layout.Test)} is for the end of a training, which measures its best weights on it once."
            );
        }

        var stray = FolderTree.ImagesIn(layout.Train.Folder).Count();
        if (stray > 0)
        {
            remarks.Add(
                $"{(stray == 1 ? "1 image lies" : $"{stray:N0} images lie")} in {layout.Train.Folder} itself and not in the folder of a class: left unused."
            );
        }

        string Relative(string path) => Path.GetRelativePath(folder, path);
    }

    private static FileListSource List(
        string name,
        FolderPart part,
        ClassList classes,
        SourceOptions options,
        bool isTrained,
        List<string> remarks
    )
    {
        var (files, labels) = (new List<string>(), new List<int>());
        var labelled = part
            .Classes.Select(each =>
                (Label: classes.Match(each.Class) is { } match ? classes.LabelOf(match) : null, each.Path)
            )
            .Where(each => each.Label is not null)
            .OrderBy(each => each.Label);
        foreach (var (label, path) in labelled)
        {
            var before = files.Count;
            files.AddRange(FolderTree.ImagesBelow(path).Select(file => Path.GetRelativePath(part.Folder, file)));
            if (files.Count == before && isTrained)
            {
                throw new TResNetException(
                    $"{path} holds no images (files named .jpg, .png, .webp and the like); add some or remove the folder."
                );
            }

            labels.AddRange(Enumerable.Repeat(label!.Value, files.Count - before));
        }

        return new FileListSource(
            name,
            part.Folder,
            classes.Names,
            [.. files],
            FileListSource.One(labels),
            false,
            options
        )
        {
            Remarks = remarks,
        };
    }
}
