// .NET ends a process that asks for a culture on a machine without ICU, unless it was told before that the invariant culture is enough.
using System.Globalization;
using System.Runtime.InteropServices;

namespace Notebook.Session.Formatting;

/// <summary>Which cultures the process has, and which one it formats in.</summary>
public static class Cultures
{
    private const string Switch = "System.Globalization.Invariant";
    private const string Variable = "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT";

    private static bool isWithoutIcu;

    /// <summary>Whether all cultures are known; else the invariant one is the only one.</summary>
    public static bool AreThere => CultureInfo.GetCultures(CultureTypes.SpecificCultures).Length > 1;

    /// <summary>Why only the invariant culture is known, and what to do; null where all are.</summary>
    public static string? WhyNot =>
        AreThere ? null
        : Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } chosen
            ? $"only the invariant culture, because {Variable} is {chosen}: unset it for all cultures"
        : isWithoutIcu
            ? "only the invariant culture, because ICU is not installed: apt-get install libicu-dev (apk add icu-libs, dnf install libicu) for all cultures"
        : $"only the invariant culture, because {Switch} is set: unset it in the program's runtimeconfig.json for all cultures";

    /// <summary>
    /// To be called before anything else in a program: looks for ICU where the system has to bring it, does without where it is
    /// missing, and makes the invariant culture the process's own, whatever the system's is, so that what is written is the
    /// same everywhere.
    /// </summary>
    public static void Prepare()
    {
        if (
            OperatingSystem.IsLinux()
            && !AppContext.TryGetSwitch(Switch, out _)
            && Environment.GetEnvironmentVariable(Variable) is null or ""
            && !HasIcu()
        )
        {
            isWithoutIcu = true;
            AppContext.SetSwitch(Switch, true);
        }

        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
    }

    /// <summary>Formats in the invariant culture until it is disposed, whatever a cell has chosen for itself.</summary>
    internal static Scope Invariant()
    {
        var scope = new Scope(CultureInfo.CurrentCulture);
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        return scope;
    }

    // What the runtime itself calls; it knows which of ICU's versions it can use.
    private static bool HasIcu()
    {
        try
        {
            return LoadIcu() != 0;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return true; // a runtime of another kind, which knows for itself
        }
    }

    [DllImport("libSystem.Globalization.Native", EntryPoint = "GlobalizationNative_LoadICU")]
    private static extern int LoadIcu();

    /// <summary>Gives the thread its culture back.</summary>
    internal readonly struct Scope(CultureInfo before) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => CultureInfo.CurrentCulture = before;
    }
}
