using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Notebook.Session.Execution;
using Notebook.Session.Variables;

namespace Notebook.Session.Errors;

/// <summary>What of a stack trace lies in cells, by the names that their authors know.</summary>
internal static partial class CellStackTrace
{
    /// <summary>The frames that lie in cells, a line each; of a long trace the first.</summary>
    public static IEnumerable<string> Frames(Exception exception)
    {
        const int Shown = 12;
        var frames = new List<string>();
        foreach (var frame in new StackTrace(exception, fNeedFileInfo: true).GetFrames())
        {
            if (Place(frame) is { } place && frames.LastOrDefault() != $"    at {place}")
            {
                frames.Add($"    at {place}");
            }
        }

        return frames.Count <= Shown ? frames : [.. frames.Take(Shown), $"    and {frames.Count - Shown} more"];
    }

    /// <summary>The place in a cell that threw, or called what threw; null when there is none.</summary>
    public static string? Deepest(Exception exception) =>
        new StackTrace(exception, fNeedFileInfo: true).GetFrames().Select(Place).OfType<string>().FirstOrDefault();

    /// <summary>Where in a cell a frame is; null when it is elsewhere.</summary>
    private static string? Place(StackFrame frame) =>
        frame.GetFileName() is { } file && CodeLocation.DisplayName(file) is { } place && frame.GetFileLineNumber() > 0
            ? $"{Caller(frame.GetMethod())}{place}, line {frame.GetFileLineNumber()}"
            : null;

    /// <summary>The method's name as the user wrote it; empty for the top level of a cell.</summary>
    private static string Caller(MethodBase? method)
    {
        var type = method?.DeclaringType;
        if (method is null || type is null)
        {
            return "";
        }

        var generated = GeneratedName().Match(method.Name is "MoveNext" ? type.Name : method.Name);
        var name = generated.Success
            ? generated.Groups["local"].Success
                ? generated.Groups["local"].Value
                : generated.Groups["name"].Value
            : method.Name;
        if (name is "<Initialize>" or "Initialize" or ".ctor" or "<Factory>" && TypeNames.IsSubmission(type))
        {
            return "";
        }

        var owner = type;
        while (owner is { DeclaringType: not null } && owner.Name.StartsWith('<'))
        {
            owner = owner.DeclaringType;
        }

        return name is "<Initialize>" or "Initialize" ? ""
            : TypeNames.IsSubmission(owner) ? $"{name}, "
            : $"{owner.Name}.{name}, ";
    }

    // Compiler-made names: <Main>d__0 (state machine), <Outer>g__Local|0_0 (local function), <Outer>b__0_0 (lambda).
    [GeneratedRegex(@"^<+(?<name>[^>]*)>+(g__(?<local>\w+)\||[a-z]__)")]
    private static partial Regex GeneratedName();
}
