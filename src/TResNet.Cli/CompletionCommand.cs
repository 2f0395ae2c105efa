// Each shell hands over what is typed; System.CommandLine's [suggest] directive answers with what may follow, one a line.
using System.CommandLine;

namespace TResNet.Cli;

/// <summary>Writes the lines that a shell needs to complete this program's commands, options and values.</summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = """
            _tresnet() {
              local IFS=$'\n' word=${COMP_WORDS[COMP_CWORD]}
              COMPREPLY=($(compgen -W "$(tresnet "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "$word"))
            }
            complete -o default -F _tresnet tresnet
            """,
        ["zsh"] = """
            _tresnet() {
              local -a answers
              answers=("${(@f)$(tresnet "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
              if [[ -n ${answers[1]} ]]; then compadd -- $answers; else _files; fi
            }
            compdef _tresnet tresnet
            """,
        ["fish"] = """
            complete -c tresnet -a '(tresnet "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)'
            """,
        ["pwsh"] = """
            Register-ArgumentCompleter -Native -CommandName tresnet -ScriptBlock {
              param($word, $line, $position)
              tresnet "[suggest:$position]" "$line" 2>$null | Where-Object { $_ -like "$word*" } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
              }
            }
            """,
    };

    public static Command Create(Terminal terminal)
    {
        var shell = new Argument<string>("shell") { Description = "The shell that reads them." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var command = new Command("completion", "Writes what a shell needs to complete commands, options and values.")
        {
            shell,
        };
        command.SetAction(parsed => terminal.WriteLine(Scripts[parsed.GetRequiredValue(shell)]));
        return command;
    }
}
