using System.CommandLine;
using Notebook;
using TResNet.Data.Sources;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Tables;

namespace TResNet.Interactive.Data;

/// <summary>Prepares images.</summary>
internal static class DataCommand
{
    public static Command Create(INotebook notebook, string name) =>
        new(name, "Prepares images for training.") { CreatePack(notebook) };

    private static Command CreatePack(INotebook notebook)
    {
        var defaults = new PackOptions();
        var from = new Argument<string>("from")
        {
            Description =
                "The images: a folder with a folder for each class, a CSV file of paths and labels, or what else --data takes.",
        };
        var to = new Argument<FileInfo>("to") { Description = "The file to write." };
        var validation = new Option<string?>("--val-data")
        {
            Description = "The images to test on, where the others do not hold them.",
            HelpName = "path",
        };
        var end = new Option<string?>("--test-data")
        {
            Description =
                "The images for the end, which nobody chooses by. Default: what is called test beside others to test on.",
            HelpName = "path",
        };
        var classes = new DataOptions();
        var size = CommonOptions.Make(
            "--size",
            "The shorter side that larger images are resized to.",
            defaults.Size,
            "pixels"
        );
        var quality = CommonOptions.Make("--quality", "JPEG's quality, 1 to 100.", defaults.Quality, "number");
        var command = new Command("pack", "Packs images into one file of smaller ones, which trains faster.")
        {
            from,
            to,
            validation,
            end,
            classes.Order,
            classes.Map,
            size,
            quality,
        };
        command.SetWork(
            (parsed, cancel) =>
            {
                var file = parsed.GetRequiredValue(to);
                var options = new PackOptions
                {
                    Size = parsed.GetValue(size),
                    Quality = parsed.GetValue(quality),
                }.Validate();
                if (Directory.Exists(file.FullName))
                {
                    throw new CommandException(
                        $"{file} is a folder; name a file in it, such as {Path.Combine(file.ToString(), "images.pack")}."
                    );
                }

                var (train, tests) = ImageSources.Load(
                    parsed.GetRequiredValue(from),
                    parsed.GetValue(validation),
                    classes.ReadOrder(parsed)
                );
                if (train.Remarks.Count > 0)
                {
                    notebook.Display(new View { Parts = [.. train.Remarks] });
                }

                var last = ImageSources.LoadTest(
                    parsed.GetRequiredValue(from),
                    parsed.GetValue(validation),
                    parsed.GetValue(end),
                    classes.ReadOrder(parsed)
                );
                ImageSource[] parts = last is null ? [train, tests] : [train, tests, last];
                var packed = PackedImages.Pack(
                    train,
                    tests,
                    file.FullName,
                    options,
                    new Progress(notebook),
                    cancel,
                    last
                );
                file.Refresh();
                notebook.Display(
                    new View
                    {
                        Parts =
                        [
                            FormattableString.Invariant(
                                $"{packed:N0} images of {train.Classes.Count:N0} classes are in {file} ({file.Length / 1e6:0.0} MB)."
                            ),
                        ],
                    }
                );
                foreach (var part in parts.Where(part => part.Notes.Describe().Count > 0))
                {
                    notebook.Display(new View { Title = part.Name, Parts = [.. part.Notes.Describe()] });
                }

                foreach (var part in parts.Where(part => part.Skipped.Count > 0))
                {
                    notebook.Display(new View { Title = part.Name, Parts = [.. part.Skipped.Describe().Split('\n')] });
                }
            }
        );
        return command;
    }

    private sealed class Progress(INotebook notebook) : IProgress<PackProgress>
    {
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
        private IDisplayedValue? line;
        private long last;

        public void Report(PackProgress value)
        {
            var isWhole = value.Done == value.Total;
            if (line is not null && !isWhole && TimeProvider.System.GetElapsedTime(last) < Pause)
            {
                return;
            }

            last = TimeProvider.System.GetTimestamp();
            var shown = new ProgressLine(
                FormattableString.Invariant($"Packing images: {value.Done:N0} of {value.Total:N0}"),
                value.Done / (double)value.Total,
                isWhole
            );
            if (line is null)
            {
                line = notebook.Display(shown);
            }
            else
            {
                line.Update(shown);
            }
        }
    }
}
