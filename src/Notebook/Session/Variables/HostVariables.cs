using System.Text;

namespace Notebook.Session.Variables;

/// <summary>Gives values of the host to cells, as variables that a submission declares.</summary>
/// <param name="globals">Holds a value until the submission takes it.</param>
internal sealed class HostVariables(CellGlobals globals)
{
    private int handed;

    /// <summary>The code that declares variables with their values, to be run once.</summary>
    public string Declare(IEnumerable<KeyValuePair<string, object>> variables)
    {
        var code = new StringBuilder();
        foreach (var (name, value) in variables)
        {
            var key = $"{name} {Interlocked.Increment(ref handed)}";
            globals.Hand(key, value);
            code.AppendLine(Declaration(name, key, value));
        }

        return code.ToString();
    }

    /// <summary>The code that declares variables of the same types, to be compiled and not run.</summary>
    public static string Describe(IEnumerable<KeyValuePair<string, object>> variables) =>
        string.Concat(variables.Select(each => Declaration(each.Key, each.Key, each.Value) + "\n"));

    private static string Declaration(string name, string key, object value)
    {
        var type = TypeNames.Source(TypeNames.Visible(value.GetType()));
        return $"{type} {name} = ({type}){nameof(CellGlobals.__Take)}(\"{key}\");";
    }
}
