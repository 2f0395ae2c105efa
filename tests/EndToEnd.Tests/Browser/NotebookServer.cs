using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace EndToEnd.Tests.Browser;

/// <summary>Jupyter Notebook with nothing but our kernel registered, and folders that are its own.</summary>
internal sealed class NotebookServer : IAsyncDisposable
{
    private readonly DirectoryInfo folder;
    private readonly Process process;
    private readonly StringBuilder log = new();
    private string address = "";
    private string token = "";

    private NotebookServer(DirectoryInfo folder)
    {
        this.folder = folder;
        var start = new ProcessStartInfo(
            FactIfBrowserAttribute.Jupyter,
            ["--no-browser", "--allow-root", "--ip=127.0.0.1", $"--notebook-dir={Notebooks}"]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (variable, name) in Folders)
        {
            start.Environment[variable] = InFolder(name);
        }

        process = Process.Start(start)!;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What a user's own settings and files would be read from.</summary>
    private static (string Variable, string Folder)[] Folders =>
        [
            ("JUPYTER_DATA_DIR", "data"),
            ("JUPYTER_CONFIG_DIR", "config"),
            ("JUPYTER_RUNTIME_DIR", "runtime"),
            ("IPYTHONDIR", "ipython"),
            ("XDG_STATE_HOME", "state"),
        ];

    private string Notebooks => InFolder("notebooks");

    /// <summary>Registers the kernel as its users do, and starts the server on a free port.</summary>
    public static async Task<NotebookServer> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("browser-");
        folder.CreateSubdirectory("notebooks");
        await Register(folder);
        var server = new NotebookServer(folder);
        await server.UntilItListens();
        return server;
    }

    /// <summary>Writes a notebook of code cells, and returns where the browser finds it.</summary>
    public async Task<string> Write(string name, params string[] cells)
    {
        var notebook = new
        {
            nbformat = 4,
            nbformat_minor = 5,
            metadata = new { kernelspec = new { name = "tresnet", display_name = "TResNet (C#)" } },
            cells = cells.Select(
                (source, i) =>
                    new
                    {
                        cell_type = "code",
                        id = $"cell-{i}",
                        metadata = new { },
                        execution_count = (int?)null,
                        outputs = Array.Empty<object>(),
                        source,
                    }
            ),
        };
        await File.WriteAllTextAsync(Path.Combine(Notebooks, name), JsonSerializer.Serialize(notebook));
        return AddressOf(name);
    }

    /// <summary>Runs a notebook of code cells without Jupyter, and returns where the browser finds it: somebody else's, which Jupyter does not trust.</summary>
    public async Task<string> WriteRun(string name, params string[] cells)
    {
        await Product.RunCells(Notebooks, cells, $"{name}.ipynb");
        return AddressOf($"{name}.ipynb");
    }

    private string AddressOf(string name) => $"{address}notebooks/{name}?token={token}";

    /// <summary>A file beside the notebooks, or one of them.</summary>
    public string PathOf(string name) => Path.Combine(Notebooks, name);

    /// <summary>A folder beside the notebooks, which is the kernel's current one.</summary>
    public string FolderOf(string name) => Directory.CreateDirectory(Path.Combine(Notebooks, name)).FullName;

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited && token.Length > 0)
        {
            using var client = new HttpClient { BaseAddress = new Uri(address) };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("token", token);
            using var answer = await client.PostAsync("api/shutdown", null);
            await process
                .WaitForExitAsync()
                .WaitAsync(TimeSpan.FromMinutes(1))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        process.Kill(entireProcessTree: true);
        process.Dispose();
        folder.Delete(recursive: true);
    }

    private static Task Register(DirectoryInfo folder) =>
        Product.Run(
            folder.FullName,
            new() { ["JUPYTER_DATA_DIR"] = Path.Combine(folder.FullName, "data") },
            ["jupyter", "install"]
        );

    /// <summary>The server says in its runtime folder which port it has got.</summary>
    private async Task UntilItListens()
    {
        var clock = Stopwatch.StartNew();
        while (address.Length == 0)
        {
            if (process.HasExited || clock.Elapsed > TimeSpan.FromMinutes(2))
            {
                var said = Said();
                await DisposeAsync();
                Assert.Fail($"jupyter-notebook did not start:\n{said}");
            }

            await Task.Delay(50);
            var runtime = new DirectoryInfo(InFolder("runtime"));
            if (runtime.Exists && runtime.EnumerateFiles("nbserver-*.json").FirstOrDefault() is { } file)
            {
                Read(await File.ReadAllTextAsync(file.FullName));
            }
        }
    }

    private void Read(string description)
    {
        try
        {
            using var server = JsonDocument.Parse(description);
            token = server.RootElement.GetProperty("token").GetString()!;
            address = server.RootElement.GetProperty("url").GetString()!;
        }
        catch (JsonException)
        {
            // It is still being written.
        }
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (log)
        {
            log.AppendLine(line.Data);
        }
    }

    private string Said()
    {
        lock (log)
        {
            return log.ToString();
        }
    }

    private string InFolder(string name) => Path.Combine(folder.FullName, name);
}
