using System.CommandLine;
using System.CommandLine.Completions;

namespace Notebook.Tests;

/// <summary>A magic with an option of each sort.</summary>
public sealed class PaintExtension : INotebookExtension
{
    public string Name => "Paint";

    public void Load(INotebook notebook)
    {
        var colour = new Option<string>("--colour") { Description = "The colour.", HelpName = "name" };
        colour.CompletionSources.Add(_ =>
            [
                new CompletionItem("red", sortText: "0", documentation: "As blood."),
                new CompletionItem("blue", sortText: "1", documentation: "As the sky."),
            ]
        );
        var mix = new Option<string[]>("--mix") { AllowMultipleArgumentsPerToken = true };
        mix.CompletionSources.Add(context =>
        {
            var before = context.WordToComplete[..(context.WordToComplete.LastIndexOf(',') + 1)];
            return [new CompletionItem(before + "red"), new CompletionItem(before + "blue")];
        });
        notebook.AddMagic(
            new Command("paint", "Paints.")
            {
                colour,
                new Option<FileInfo>("--file") { Description = "Where the picture goes." },
                new Option<string>("--folder") { Description = "Where pictures go.", HelpName = "folder" },
                mix,
                new Option<Shade>("--shade") { Description = "How bright.", DefaultValueFactory = _ => Shade.Dark },
                new Command("wall", "Paints a wall.") { new Option<double>("--height") },
            }
        );
    }
}

/// <summary>How bright a colour is.</summary>
public enum Shade
{
    /// <summary>Nearly black.</summary>
    Dark,

    /// <summary>Nearly white.</summary>
    Light,
}
