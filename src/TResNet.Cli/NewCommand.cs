using System.CommandLine;
using System.Reflection;
using Microsoft.CodeAnalysis.CSharp;
using Notebook;
using Notebook.Documents;
using TResNet.Data.Sources;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Data;
using TResNet.Interactive.Train;

namespace TResNet.Cli;

/// <summary><c>tresnet new</c>: a notebook to start from, which runs as it is.</summary>
internal static class NewCommand
{
    private static readonly string[] Templates = ["train", "profile", "blank"];

    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("name")
        {
            Description = "The file to write: .ipynb, which is added where there is no ending, or .dib.",
        };
        var template = new Option<string>("--template")
        {
            Description =
                "What is in it: a training with its charts, a comparison of speed, or the list of networks alone.",
            HelpName = "name",
            DefaultValueFactory = _ => Templates[0],
        };
        template.AcceptOnlyFromAmong(Templates);
        var data = new Option<string>("--data")
        {
            Description =
                "The images that template train begins with, as 'tresnet train --data' takes them; of your own ones it has the settings that 'tresnet suggest' says.",
            HelpName = "images",
            DefaultValueFactory = _ => "fashion-mnist",
        };
        var command = new Command("new", "Writes a notebook to start from; a file that is there is never replaced.")
        {
            name,
            template,
            data,
        };
        command.SetWork(
            (parsed, _) =>
            {
                var path = Named(parsed.GetRequiredValue(name));
                var options = Options(parsed, template, data);
                var text = Read(parsed.GetRequiredValue(template))
                    .Replace("{title}", Path.GetFileNameWithoutExtension(path), StringComparison.Ordinal)
                    .Replace("{file}", Path.GetFileName(path), StringComparison.Ordinal)
                    .Replace(
                        "{data}",
                        SymbolDisplay.FormatLiteral(parsed.GetRequiredValue(data), quote: true),
                        StringComparison.Ordinal
                    )
                    .Replace("{epochs}", options.Epochs, StringComparison.Ordinal)
                    .Replace("{options}", options.Others, StringComparison.Ordinal);
                DocumentFormats.Write(DibFormat.Parse(text), path, Product.TResNet.Kernel);
                terminal.WriteLine($"Written: {path}");
                terminal.WriteSentence($"Open it in Jupyter with the kernel {Product.TResNet.DisplayName}, or run it:");
                terminal.WriteLine($"tresnet run {ShellWord.Of(path)} --out html");
            }
        );
        return command;
    }

    // Of what comes along, a first look in half a minute; of somebody's own images, what the suggest command says.
    private static (string Epochs, string Others) Options(
        ParseResult parsed,
        Option<string> template,
        Option<string> data
    )
    {
        var named = parsed.GetRequiredValue(data);
        if (parsed.GetRequiredValue(template) != Templates[0])
        {
            return parsed.IsGiven(data)
                ? throw new CommandException(
                    $"--data {named} means nothing to --template {parsed.GetValue(template)}, which trains nothing: leave one of them out."
                )
                : ("", "");
        }

        if (TrainingData.Known.Contains(named))
        {
            return ("2", "");
        }

        var info = Models.Describe(NetworkName.Default).Info;
        var suggested = Suggestion.For(
            TrainingData.Load(named, validation: null, test: null, SourceOptions.Default).Summarize(),
            info.InputSize,
            info.Multiple,
            weights: null
        );
        return (suggested.Of("--epochs"), " " + suggested.Words("--epochs"));
    }

    private static string Named(string name)
    {
        var path = Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".ipynb" or ".dib" => name,
            "" => name + ".ipynb",
            var other => throw new CommandException(
                $"'{name}' ends in {other}; a notebook ends in .ipynb or .dib, such as {Path.ChangeExtension(name, ".ipynb")}."
            ),
        };
        if (Path.Exists(path))
        {
            throw new CommandException($"'{path}' is there already; choose another name.");
        }

        return path;
    }

    private static string Read(string template)
    {
        using var stream = Assembly
            .GetExecutingAssembly()
            .GetManifestResourceStream($"TResNet.Cli.Templates.{template}.dib")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
