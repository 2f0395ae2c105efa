using System.CommandLine;
using Notebook;

namespace TResNet.Cli;

/// <summary><c>tresnet doctor</c>: what is there, what is missing, and how to get it.</summary>
internal static class DoctorCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("doctor", "Looks at what is there and says how to get what is missing.");
        command.SetAction(
            (_, cancel) =>
            {
                var findings = new Doctor().Examine(cancel);
                Print(terminal, findings);
                return Task.CompletedTask;
            }
        );
        return command;
    }

    internal static void Print(Terminal terminal, IReadOnlyList<Finding> findings)
    {
        var width = findings.Max(finding => finding.Subject.Length);
        foreach (var finding in findings)
        {
            var mark = finding.State switch
            {
                FindingState.Good => "✓",
                FindingState.Optional => "–",
                _ => "✗",
            };
            var indent = new string(' ', width + 4);
            terminal.WriteLine(
                $"{mark} {finding.Subject.PadRight(width)}  {finding.Text.Replace("\n", "\n" + indent)}"
            );
        }

        var missing = findings
            .Where(finding => finding.State == FindingState.Missing)
            .Select(finding => finding.Subject)
            .ToArray();
        terminal.WriteLine();
        if (missing.Length > 0)
        {
            throw new CommandException($"not ready: {string.Join(", ", missing)} (see above).");
        }

        terminal.WriteLine("Ready: all that is needed is there.");
    }
}
