using System.CommandLine;
using Notebook;
using TResNet.Compute;
using TResNet.Data.Transforms;
using TResNet.Interactive.Commands;
using TResNet.Training;

namespace TResNet.Interactive.Train;

/// <summary>Options whose values are the members of an enumeration, as timm writes such words.</summary>
internal static class KindOption
{
    /// <summary>An option that takes one of the members.</summary>
    public static Option<string> Create<T>(string name, string description, T value = default)
        where T : struct, Enum
    {
        var option = CommonOptions.Make(name, description, Word(value), "kind");
        option.AcceptOnlyFromAmong([.. Enum.GetValues<T>().Select(Word)]);
        return option;
    }

    /// <summary>The member that the command line names, or another where it is silent.</summary>
    public static T Read<T>(ParseResult parsed, Option<string> option, T other)
        where T : struct, Enum => parsed.IsGiven(option) ? Of<T>(parsed.GetRequiredValue(option)) ?? other : other;

    /// <summary>The member that a word names; null where it names none.</summary>
    public static T? Of<T>(string word)
        where T : struct, Enum => Enum.GetValues<T>().Cast<T?>().FirstOrDefault(kind => Word(kind!.Value) == word);

    /// <summary>A member as it is written: OneCycle is one-cycle.</summary>
    public static string Word<T>(T kind)
        where T : struct, Enum =>
        kind switch
        {
            LossKind.CrossEntropy => "ce",
            LossKind.BinaryCrossEntropy => "bce",
            LossKind.Asymmetric => "asymmetric",
            SchedulerKind.OneCycle => "one-cycle",
            ComputeType.Float32 => "none",
            ErasingFill.Constant => "const",
            ErasingFill.Color => "rand",
            ErasingFill.Pixels => "pixel",
            _ => kind.ToString().ToLowerInvariant(),
        };

    /// <summary>The members of which something holds, as a sentence lists them.</summary>
    public static string List<T>(Func<T, bool> holds)
        where T : struct, Enum
    {
        string[] words = [.. Enum.GetValues<T>().Where(holds).Select(Word)];
        return words.Length == 1 ? words[0] : $"{string.Join(", ", words[..^1])} or {words[^1]}";
    }

    /// <summary>Refuses an option that was given and that a kind has no use for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="option">The option that may be given.</param>
    /// <param name="by">The option that names the kind.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="uses">Which kinds have a use for it.</param>
    /// <exception cref="CommandException">It was given in vain.</exception>
    public static void RequireUse<T>(ParseResult parsed, Option option, Option by, T kind, Func<T, bool> uses)
        where T : struct, Enum
    {
        if (parsed.IsGiven(option) && !uses(kind))
        {
            throw new CommandException(
                $"{option.Name} means nothing to {by.Name} {Word(kind)}: leave it out, or take {by.Name} {List(uses)}."
            );
        }
    }
}
