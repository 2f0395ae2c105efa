// jupyter_client, "Making kernels for Jupyter", "Kernel specs": how Jupyter learns of a kernel.
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Notebook.Jupyter;

/// <summary>Registers the kernel with Jupyter, which needs not be installed.</summary>
public static partial class KernelSpec
{
    private static readonly string[] Arguments = ["jupyter", "start", "{connection_file}"];

    /// <summary>The variable in which a kernel that Jupyter starts finds its kernelspec's name, and so the path of its files.</summary>
    public const string NameVariable = "NOTEBOOK_KERNELSPEC";

    /// <summary>The file of a kernelspec that says how the kernel starts.</summary>
    internal const string FileName = "kernel.json";

    /// <summary>The folder that <see cref="Install"/> writes: <c>kernels/NAME</c> in the Jupyter data folder.</summary>
    /// <exception cref="CommandException">The name is not one that Jupyter allows.</exception>
    public static string Folder(string name, string? prefix = null) =>
        NamePattern().IsMatch(name)
            ? Path.Combine(DataFolder(prefix), "kernels", name)
            : throw new CommandException(
                $"'{name}' cannot name a kernel: use lower-case letters, digits, dots, dashes and underscores, a letter or digit first."
            );

    /// <summary>Writes the kernelspec, replacing one of the same name as a whole.</summary>
    /// <returns>The folder written.</returns>
    /// <exception cref="CommandException">The name or the launcher is bad, or the folder cannot be written.</exception>
    public static string Install(KernelSpecOptions options)
    {
        var folder = Folder(options.Name, options.Prefix);
        if (options.Launcher.Count == 0 || options.Launcher.Any(string.IsNullOrWhiteSpace))
        {
            throw new CommandException("The kernel's launcher is empty: name the program that starts it.");
        }

        try
        {
            Replace(folder, staging => Write(staging, options));
            return folder;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                $"The kernel cannot be registered in {folder} ({exception.Message.TrimEnd('.')}): choose another --prefix, "
                    + "or set JUPYTER_DATA_DIR to a folder you can write.",
                exception
            );
        }
    }

    /// <summary>Removes a kernelspec.</summary>
    /// <returns>The folder removed.</returns>
    /// <exception cref="CommandException">There is none of that name, or it cannot be removed.</exception>
    public static string Uninstall(string name, string? prefix = null)
    {
        var folder = InstalledFolder(name, prefix);
        try
        {
            Directory.Delete(folder, recursive: true);
            return folder;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{folder} cannot be removed: {exception.Message}", exception);
        }
    }

    /// <summary>The folder that <see cref="Uninstall"/> removes.</summary>
    /// <exception cref="CommandException">There is none of that name.</exception>
    public static string InstalledFolder(string name, string? prefix = null)
    {
        var folder = Folder(name, prefix);
        if (!Directory.Exists(folder))
        {
            var there = List(prefix).Select(kernel => kernel.Name).ToList();
            throw new CommandException(
                $"There is no kernel '{name}' in {Path.GetDirectoryName(folder)}"
                    + (there.Count == 0 ? "." : $": it has {string.Join(", ", there)}.")
            );
        }

        return folder;
    }

    /// <summary>The kernels registered for the user or a prefix, ours and others, by name.</summary>
    public static IReadOnlyList<InstalledKernel> List(string? prefix = null)
    {
        var kernels = new DirectoryInfo(Path.Combine(DataFolder(prefix), "kernels"));
        return kernels.Exists
            ?
            [
                .. kernels
                    .EnumerateDirectories()
                    .Where(folder => File.Exists(Path.Combine(folder.FullName, FileName)))
                    .OrderBy(folder => folder.Name, StringComparer.Ordinal)
                    .Select(folder => Read(folder)),
            ]
            : [];
    }

    private static string DataFolder(string? prefix)
    {
        if (prefix is not null)
        {
            return Path.Combine(Path.GetFullPath(prefix), "share", "jupyter");
        }

        if (Environment.GetEnvironmentVariable("JUPYTER_DATA_DIR") is { Length: > 0 } chosen)
        {
            return Path.GetFullPath(chosen);
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsMacOS())
        {
            return Path.Combine(home, "Library", "Jupyter");
        }

        return Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } data
            ? Path.Combine(data, "jupyter")
            : Path.Combine(home, ".local", "share", "jupyter");
    }

    // By itself .NET lets as much garbage lie as the processor's cache holds, and the C library keeps a heap for each thread: a session of many cells would
    // keep both. They are read when a process starts, from nowhere else.
    private static JsonObject Variables(string name) =>
        new()
        {
            ["DOTNET_GCgen0size"] = "0x400000",
            ["MALLOC_ARENA_MAX"] = "1",
            // Each process of .NET opens a socket and pipes for debuggers and profilers in the temporary folder; a kernel that is killed leaves them.
            ["DOTNET_EnableDiagnostics"] = "0",
            [NameVariable] = name,
        };

    private static void Write(string folder, KernelSpecOptions options)
    {
        var spec = new JsonObject
        {
            ["argv"] = new JsonArray([.. options.Launcher, .. Arguments]),
            ["display_name"] = options.DisplayName,
            ["language"] = "csharp",
            ["interrupt_mode"] = "message",
            ["env"] = Variables(options.Name),
            ["metadata"] = new JsonObject { ["debugger"] = false },
        };
        var indented = new JsonSerializerOptions
        {
            WriteIndented = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        File.WriteAllText(Path.Combine(folder, FileName), spec.ToJsonString(indented) + "\n");
        foreach (var file in options.Files)
        {
            using var source = file.Open();
            using var target = File.Create(Path.Combine(folder, file.FileName));
            source.CopyTo(target);
        }
    }

    // A folder cannot be renamed onto one that has files, so the old one steps aside, and comes back should the new one not
    // take its place. Both wait outside kernels/, where Jupyter would list them.
    private static void Replace(string folder, Action<string> write)
    {
        var kernels = Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        var suffix = Guid.NewGuid().ToString("N");
        var staging = Path.Combine(kernels.Parent!.FullName, $".new-kernel-{suffix}");
        var old = Path.Combine(kernels.Parent.FullName, $".old-kernel-{suffix}");
        try
        {
            Directory.CreateDirectory(staging);
            write(staging);
            if (Directory.Exists(folder))
            {
                Directory.Move(folder, old);
            }

            Directory.Move(staging, folder);
        }
        catch when (Directory.Exists(old) && !Directory.Exists(folder))
        {
            Directory.Move(old, folder);
            throw;
        }
        finally
        {
            foreach (var leftover in new[] { staging, old }.Where(Directory.Exists))
            {
                Directory.Delete(leftover, recursive: true);
            }
        }
    }

    private static InstalledKernel Read(DirectoryInfo folder)
    {
        try
        {
            using var spec = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder.FullName, FileName)));
            string[] words =
            [
                .. spec.RootElement.GetProperty("argv").EnumerateArray().Select(word => word.GetString()!),
            ];
            return new InstalledKernel(
                folder.Name,
                spec.RootElement.GetProperty("display_name").GetString() ?? "",
                folder.FullName,
                words.AsSpan().EndsWith(Arguments) ? words[..^Arguments.Length] : null
            );
        }
        catch (Exception exception)
            when (exception
                    is JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or IOException
                        or UnauthorizedAccessException
            )
        {
            return new InstalledKernel(folder.Name, "", folder.FullName);
        }
    }

    // jupyter_client's rule; its front ends lower the case of a name, so capitals would not be found again.
    [GeneratedRegex(@"^[a-z0-9][a-z0-9._-]*\z")]
    private static partial Regex NamePattern();
}
