// #!who, #!whos, #!set and #!share: what a session holds, by name.
using System.CommandLine;
using System.Text.Json;
using System.Text.RegularExpressions;
using Notebook.Language;
using Notebook.Magics;
using Notebook.Outputs;
using Notebook.Session.Execution;
using Notebook.Session.Variables;

namespace Notebook;

/// <summary>The magics for variables.</summary>
internal static partial class VariableMagics
{
    private const int LongestValue = 80;

    public static void AddTo(NotebookHost host)
    {
        host.Magics.TextOf = name => Text(name, Find(host, name));
        host.AddMagic(Who(host));
        host.AddMagic(Whos(host));
        host.AddMagic(Set(host));
        host.AddMagic(Share(host));
        host.AddMagic(ValueMagic.Of(host));
    }

    private static Command Who(NotebookHost host)
    {
        var command = new Command("who", "Names the variables.");
        command.SetAction(_ =>
        {
            var names = Names(host);
            CellContext.Current?.Emit(
                new DisplayOutput(
                    MimeBundle.Plain(names.Count == 0 ? "There are no variables." : string.Join('\n', names))
                )
            );
        });
        return command;
    }

    private static Command Whos(NotebookHost host)
    {
        var command = new Command("whos", "Lists the variables with their types and values.");
        command.SetAction(_ =>
        {
            var rows = Names(host)
                .Select(name =>
                    host.TryGetVariable(name, out var value)
                        ? new[] { name, Type(value), Value(value) }
                        : [name, "", "null"]
                )
                .ToList();
            CellContext.Current?.Emit(
                new DisplayOutput(
                    rows.Count == 0
                        ? MimeBundle.Plain("There are no variables.")
                        : MagicTable.Of(rows, ["Variable", "Type", "Value"])
                )
            );
        });
        return command;
    }

    private static Command Set(NotebookHost host)
    {
        var name = new Option<string>("--name")
        {
            Description = "The variable to set.",
            Required = true,
            HelpName = "name",
        };
        var value = new Option<string>("--value")
        {
            Description =
                "A text; @name for another variable's value; @input:prompt or @password:prompt to ask for it.",
            Required = true,
            HelpName = "text",
        };
        var command = new Command(
            MagicRegistry.SetName,
            "Sets a variable to a text, another variable's value, or an answer."
        )
        {
            name,
            value,
        };
        command.SetAction(parsed =>
            Give(host, parsed.GetRequiredValue(name), ValueOf(host, parsed.GetRequiredValue(value)))
        );
        return command;
    }

    /// <summary>Gives a value to the language that the magic stands in.</summary>
    private static void Give(NotebookHost host, string name, object value)
    {
        if (CellContext.Current is { Language: SegmentKind.CSharp })
        {
            host.SetVariable(name, value);
        }
        else
        {
            if (!JavaScriptName().IsMatch(name))
            {
                throw new CommandException(
                    $"'{name}' cannot name a variable of JavaScript: use letters, digits, _ and $, not starting with a digit; --as gives another name."
                );
            }

            host.Shared[name] = Json(name, value);
        }
    }

    [GeneratedRegex(
        @"^(?!(?:class|const|default|delete|export|function|import|in|let|new|return|static|this|typeof|var|void|with|yield|await|null|true|false)$)[A-Za-z_$][\w$]*$"
    )]
    private static partial Regex JavaScriptName();

    private static Command Share(NotebookHost host)
    {
        var names = new Argument<string[]>("names") { Description = "The variables.", Arity = ArgumentArity.OneOrMore };
        names.CompletionSources.Add(_ =>
            host.VariableNames.Select(each => new System.CommandLine.Completions.CompletionItem(each))
        );
        var alias = new Option<string?>("--as") { Description = "Another name for one variable.", HelpName = "name" };
        var from = new Option<string>("--from")
        {
            Description = "What has it: csharp, or value for what #!value keeps.",
            HelpName = "language",
            DefaultValueFactory = _ => "csharp",
        };
        var command = new Command(
            "share",
            "Gives variables to the JavaScript below it and in later cells, as JSON; with --as also to C# by another name."
        )
        {
            names,
            alias,
            from,
        };
        command.SetAction(parsed =>
        {
            var asked = parsed.GetRequiredValue(names);
            if (parsed.GetValue(alias) is { } one && asked.Length > 1)
            {
                throw new CommandException(
                    $"--as {one} is one name for {asked.Length} variables: share them one by one."
                );
            }

            if (parsed.GetValue(from) == CellSplitter.ValueName)
            {
                foreach (var each in asked)
                {
                    Give(host, parsed.GetValue(alias) ?? each, Kept(host, each));
                }

                return;
            }

            if (parsed.GetValue(from) is { } language and not ("csharp" or "c#" or ".NET"))
            {
                throw new CommandException(
                    $"#!share cannot take variables from '{language}': this kernel runs C# alone, so leave --from out."
                );
            }

            if (parsed.GetValue(alias) is { } other)
            {
                var value = Find(host, asked[0]);
                host.SetVariable(other, value);
                host.Shared[other] = Json(asked[0], value);
                return;
            }

            foreach (var each in asked)
            {
                host.Shared[each] = Json(each, Find(host, each));
            }
        });
        return command;
    }

    private static object ValueOf(NotebookHost host, string text)
    {
        if (!text.StartsWith('@'))
        {
            return text;
        }

        var parts = text[1..].Split(':', 2);
        return parts switch
        {
            [var name] => Find(host, name),
            ["csharp", var name] => Find(host, name.Trim('"', '\'')),
            [CellSplitter.ValueName, var name] => Kept(host, name),
            _ => throw new CommandException(
                $"--value {text} takes a value from '{parts[0]}': this kernel runs C# alone; write @name."
            ),
        };
    }

    private static string Kept(NotebookHost host, string name) =>
        host.Values.GetValueOrDefault(name)
        ?? throw new CommandException(
            host.Values.Count == 0
                ? $"#!value keeps nothing called '{name}': a cell that begins with #!value --name {name} keeps the lines below it."
                : $"#!value keeps nothing called '{name}', but {string.Join(", ", host.Values.Keys.Order(StringComparer.Ordinal))}."
        );

    private static object Find(NotebookHost host, string name)
    {
        if (host.TryGetVariable(name, out var value))
        {
            return value;
        }

        if (host.VariableNames.Contains(name))
        {
            throw new CommandException($"The variable {name} is null: there is nothing to hand over.");
        }

        var near = NameSuggestions.Of(name, host.VariableNames);
        throw new CommandException(
            $"There is no variable '{name}'."
                + (near.Count > 0 ? $" Did you mean {NameSuggestions.Listed(near)}?" : " #!who names those there are.")
        );
    }

    private static string Text(string name, object value) =>
        MagicWords.TextOf(value)
        ?? throw new CommandException(
            $"@{name} stands for a text, a number or a list of them, but {name} is of the type {Type(value)}."
        );

    private static string Json(string name, object value)
    {
        try
        {
            return JsonSerializer.Serialize(value, value.GetType());
        }
        catch (Exception exception) when (exception is NotSupportedException or JsonException)
        {
            throw new CommandException(
                $"{name} cannot be shared, for it has no form as JSON ({exception.Message.Split('\n', '.')[0]}).",
                exception
            );
        }
    }

    private static List<string> Names(NotebookHost host) =>
        [.. host.VariableNames.Distinct().Order(StringComparer.Ordinal)];

    private static string Type(object value) => TypeNames.Short(value.GetType());

    private static string Value(object value)
    {
        var text = Microsoft
            .DotNet.Interactive.Formatting.Formatter.ToDisplayString(value, "text/plain")
            .ReplaceLineEndings(" ");
        return text.Length > LongestValue ? text[..(LongestValue - 1)] + "…" : text;
    }
}
