using System.Text;
using Notebook.Packages;
using Notebook.Session.Assemblies;

namespace Notebook.Tests;

/// <summary>What a session says of packages that are not what was asked for, and how packages are asked for.</summary>
public sealed class PackageSentenceTests : IDisposable
{
    private readonly PackageFeed feed = new();
    private readonly Cells cells = new();
    private readonly string id;

    public PackageSentenceTests() => id = feed.Id;

    public void Dispose()
    {
        cells.Dispose();
        feed.Dispose();
    }

    [Theory]
    [InlineData("#r \"nuget: Tea\"", null)]
    [InlineData("#r \"nuget: Tea, *\"", null)]
    [InlineData("#r \"nuget:Tea,1.2.0\"", "1.2.0")]
    [InlineData("#r \"NuGet : Tea , 1.*\"", "1.*")]
    [InlineData("  #r   \"nuget: Tea, [1.0,2.0)\"   // with milk", "[1.0,2.0)")]
    [InlineData("#r\"nuget:Tea, *-*\";", "*-*")]
    [InlineData("# r \"nuget: Tea, 1.2.0-beta\"\r", "1.2.0-beta")]
    public void A_package_is_asked_for_in_many_ways(string directive, string? version)
    {
        var (code, found) = ReferenceDirectives.TakeFrom(directive + "\n1 + 1");

        Assert.Equal("\n1 + 1", code);
        Assert.Equal([("Tea", version)], found.Packages);
    }

    [Fact]
    public async Task A_package_is_asked_for_again()
    {
        feed.Pack(id, "1.2.0", $"namespace {id}; public class Cup;");
        feed.Pack(id, "2.0.0", $"namespace {id}; public class Cup;");

        await cells.Run($"{feed.Source}#r \"nuget: {id}, [1.0,2.0)\"\n#r \"nuget: {id}\"");

        Assert.Contains($"Referenced {id} 1.2.0.", await cells.Run($"#r \"nuget: {id}, 1.*\""));
        Assert.Equal("result: Cup", await cells.Run($"typeof({id}.Cup).Name"));
    }

    [Fact]
    public async Task Pre_releases_are_to_be_asked_for()
    {
        feed.Pack(id, "1.0.0-beta.2", $"namespace {id}; public class Cup;");

        Assert.Contains(
            $"Package {id} has pre-releases only; the nearest is 1.0.0-beta.2: ask for one, such as #r \"nuget: {id}, *-*\"",
            await cells.Run($"{feed.Source}#r \"nuget: {id}\"")
        );
        Assert.Contains($"Referenced {id} 1.0.0-beta.2.", await cells.Run($"#r \"nuget: {id}, *-*\""));
    }

    [Fact]
    public async Task A_restore_that_failed_fails_again()
    {
        feed.Pack(id, "1.0.0", $"namespace {id}; public class Cup;");
        var asked = $"{feed.Source}#r \"nuget: {id}, 1.0.0\"\n#r \"nuget: {id}.Leaves, 1.0.0\"";

        foreach (var _ in Enumerable.Range(0, 2))
        {
            Assert.Contains($"There is no package '{id}.Leaves' in ", await cells.Run(asked));
        }
    }

    [Fact]
    public async Task A_source_that_cannot_be_reached_costs_a_sentence()
    {
        feed.Pack(id, "1.0.0", $"namespace {id}; public class Cup;");
        const string Nowhere = "https://127.0.0.1:1/v3/index.json";

        Assert.Equal(
            $"""
            display: Restoring {id}…
            update: Referenced {id} 1.0.0.
            display: The source {Nowhere} cannot be reached: everything is from the others.
            """,
            await cells.Run($"#i \"nuget:{Nowhere}\"\n{feed.Source}#r \"nuget: {id}\"")
        );
        Assert.Contains(
            $", and the source {Nowhere} cannot be reached: check the name and the address.",
            await cells.Run($"#r \"nuget: {id}.Leaves, 1.0.0\"")
        );
    }

    [Fact]
    public async Task Another_version_than_was_asked_for_is_said()
    {
        feed.Pack(id, "1.2.0", $"namespace {id}; public class Cup;");

        Assert.EndsWith(
            $"{id} 1.0.0 is not to be had: 1.2.0, the next one, was taken.",
            await cells.Run($"{feed.Source}#r \"nuget: {id}, 1.0.0\"")
        );
    }

    [Fact]
    public async Task A_package_for_a_newer_framework_is_refused()
    {
        feed.Pack(id, "1.0.0", $"namespace {id}; public class Cup;", framework: "net99.0");

        Assert.Contains(
            $"Package {id} 1.0.0 is for net99.0 (.NETCoreApp,Version=v99.0), and this kernel runs on .NET {Environment.Version.Major}: ask for another version of it.",
            await cells.Run($"{feed.Source}#r \"nuget: {id}\"")
        );
    }

    [Fact]
    public async Task A_package_without_assemblies_says_so()
    {
        feed.Pack(id, "1.0.0", "", framework: "net8.0", without: true);

        Assert.Contains($"{id}: nothing in it is for .NET", await cells.Run($"{feed.Source}#r \"nuget: {id}\""));
    }

    [Fact]
    public async Task A_package_of_nothing_but_needs_brings_what_it_needs()
    {
        feed.Pack($"{id}.Leaves", "1.0.0", $"namespace {id}.Leaves; public class Leaf;");
        feed.Pack(id, "1.0.0", "", needs: [($"{id}.Leaves", "1.0.0")], without: true);

        var text = await cells.Run($"{feed.Source}#r \"nuget: {id}\"\nnew {id}.Leaves.Leaf().GetType().Name");

        Assert.DoesNotContain("nothing in it", text);
        Assert.EndsWith("result: Leaf", text);
    }

    [Fact]
    public async Task An_older_version_than_another_package_needs_is_refused()
    {
        feed.Pack($"{id}.Leaves", "1.0.0", $"namespace {id}.Leaves; public class Leaf;");
        feed.Pack($"{id}.Leaves", "2.0.0", $"namespace {id}.Leaves; public class Leaf;");
        feed.Pack(id, "1.0.0", $"namespace {id}; public class Cup;", needs: [($"{id}.Leaves", "2.0.0")]);

        Assert.Contains(
            $"Package {id}.Leaves is asked for in version 1.0.0, and another package needs 2.0.0: ask for that version;",
            await cells.Run($"{feed.Source}#r \"nuget: {id}\"\n#r \"nuget: {id}.Leaves, 1.0.0\"")
        );
    }

    [Fact]
    public async Task A_package_that_is_part_of_the_program_is_not_restored()
    {
        cells.Host.AddPackage($"{id}*", "3.1.0", "It is warm.");

        Assert.Equal(
            $"display: {id}.Pot 3.1.0 is part of this program. It is warm.",
            await cells.Run($"#r \"nuget: {id}.Pot, 3.1.0.2\"")
        );
        Assert.Equal(
            $"display: {id} 3.1.0 is part of this program and stays what this session uses: 2.0.0 is not restored. It is warm.",
            await cells.Run($"#r \"nuget: {id}, 2.0.0\"")
        );
    }

    [Fact]
    public async Task What_packages_need_of_the_program_is_not_restored_either()
    {
        cells.Host.AddPackage($"{id}.Leaves", "3.1.0");
        feed.Pack($"{id}.Leaves", "9.0.0", $"namespace {id}.Leaves; public class Leaf;");
        feed.Pack(id, "1.0.0", $"namespace {id}; public class Cup;", needs: [($"{id}.Leaves", "9.0.0")]);

        Assert.Contains("CS0234", await cells.Run($"{feed.Source}#r \"nuget: {id}\"\nnew {id}.Leaves.Leaf()"));
        Assert.Equal("result: Cup", await cells.Run($"new {id}.Cup().GetType().Name"));
    }

    [Fact]
    public async Task A_newer_version_of_what_the_kernel_shares_is_said_and_left()
    {
        feed.Pack(
            id,
            "1.0.0",
            "namespace Notebook; public class Tea;",
            assembly: "Notebook.Abstractions",
            version4: "99.0.0.0"
        );

        Assert.Contains(
            $"{id} 1.0.0 brings Notebook.Abstractions 99.0.0.0: the kernel and its cells have to share one, and this session stays on",
            await cells.Run($"{feed.Source}#r \"nuget: {id}\"")
        );
        Assert.Equal("result: True", await cells.Run("typeof(INotebook).IsInterface"));
    }

    [Fact]
    public async Task A_newer_copy_of_a_framework_assembly_is_the_cells()
    {
        feed.Pack(
            id,
            "1.0.0",
            "namespace System.Collections.Immutable; public class Tea;",
            assembly: "System.Collections.Immutable",
            version4: "99.0.0.0"
        );

        Assert.Contains(
            "Cells and packages use System.Collections.Immutable 99.0.0.0 in the place of the framework's;",
            await cells.Run($"{feed.Source}#r \"nuget: {id}\"")
        );
        Assert.Equal(
            "result: 99.0.0.0",
            await cells.Run("typeof(System.Collections.Immutable.Tea).Assembly.GetName().Version!.ToString()")
        );
    }

    [Fact]
    public async Task A_native_library_that_is_nowhere_is_named() =>
        Assert.StartsWith(
            "error DllNotFoundException: The native library 'nosuchtea' is neither on this machine nor in a package",
            await cells.Run(
                "[System.Runtime.InteropServices.DllImport(\"nosuchtea\")] static extern int Brew();\nBrew()"
            )
        );

    [FactIfCompiler]
    public async Task A_native_library_finds_one_of_another_package_and_the_lack_of_one_is_named()
    {
        var leaf = FactIfCompilerAttribute.Compile(feed.Folder, $"{id}leaf", "int leaf(void) { return 41; }");
        var pot = FactIfCompilerAttribute.Compile(
            feed.Folder,
            $"{id}pot",
            "int leaf(void); int brew(void) { return leaf() + 1; }",
            leaf
        );
        var native = $"runtimes/{System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier}/native/";
        feed.Pack(
            $"{id}.Leaf",
            "1.0.0",
            "",
            files: [(native + Path.GetFileName(leaf), File.ReadAllBytes(leaf))],
            without: true
        );
        feed.Pack(
            id,
            "1.0.0",
            $$"""namespace {{id}}; public static class Pot { [System.Runtime.InteropServices.DllImport("{{id}}pot")] public static extern int brew(); }""",
            files: [(native + Path.GetFileName(pot), File.ReadAllBytes(pot))]
        );
        File.Delete(leaf);

        Assert.Contains(
            $"error MissingLibraryException: lib{id}pot.so needs lib{id}leaf.so, which is not on this machine: install",
            await cells.Run($"{feed.Source}#r \"nuget: {id}\"\n{id}.Pot.brew()")
        );
        Assert.EndsWith("result: 42", await cells.Run($"#r \"nuget: {id}.Leaf\"\n{id}.Pot.brew()"));
    }

    [Theory]
    [InlineData("#!csharp\nMicrosoft.DotNet.Interactive.Kernel.Tea()", "CS0117")]
    [InlineData("#!csharp\nthrow new InvalidOperationException(\"No water.\");", "No water")]
    public async Task An_extension_notebook_that_fails_costs_a_sentence(string notebook, string reason)
    {
        feed.Pack(
            id,
            "1.0.0",
            $"namespace {id}; public class Cup;",
            files: [("interactive-extensions/dotnet/extension.dib", Encoding.UTF8.GetBytes(notebook))]
        );

        var text = await cells.Run($"{feed.Source}#r \"nuget: {id}\"\ntypeof({id}.Cup).Name");

        Assert.Contains($"{id} 1.0.0 can be used, but its extension extension.dib stopped (", text);
        Assert.Contains(reason, text);
        Assert.EndsWith("result: Cup", text);
        Assert.True(cells.Result.Succeeded);
    }

    [Fact]
    public async Task An_extension_that_throws_costs_a_sentence()
    {
        Extend("throw new System.Exception(\"No water.\")");

        var text = await cells.Run($"{feed.Source}#r \"nuget: {id}\"\ntypeof({id}.Cup).Name");

        Assert.Contains($"its extension {id}.Notebook.dll stopped (Exception: No water)", text);
        Assert.EndsWith("result: Cup", text);
    }

    [Fact]
    public async Task An_extension_for_DotNet_Interactive_adds_its_directives_and_formatters()
    {
        var used = new[]
        {
            typeof(Microsoft.DotNet.Interactive.Kernel),
            typeof(Microsoft.DotNet.Interactive.Formatting.Formatter),
        };
        feed.Pack(
            id,
            "1.0.0",
            $"namespace {id}; public class Cup;",
            files:
            [
                (
                    $"interactive-extensions/dotnet/{id}.Interactive.dll",
                    PackageFeed.Compile(
                        $"{id}.Interactive",
                        "1.0.0.0",
                        """
                        namespace Pouring
                        {
                            using System.Threading.Tasks;
                            using Microsoft.DotNet.Interactive;
                            using Microsoft.DotNet.Interactive.Commands;
                            using Microsoft.DotNet.Interactive.Directives;
                            using Microsoft.DotNet.Interactive.Formatting;

                            public record Tea(string Leaf);

                            public class Pour : KernelCommand { public string Leaf { get; set; } public bool Hot { get; set; } }

                            public class Extension : IKernelExtension
                            {
                                public Task OnLoadAsync(Kernel kernel)
                                {
                                    Formatter.Register<Tea>(tea => "tea of " + tea.Leaf, "text/plain");
                                    kernel.AddDirective<Pour>(
                                        new KernelActionDirective("#!pour", "Pours tea.")
                                        {
                                            Parameters = [new("--leaf", "Which.") { Required = true }, new("--hot") { Flag = true }],
                                        },
                                        (pour, context) =>
                                        {
                                            if (pour.Leaf == "none") { context.Fail(pour, message: "There is no tea."); }
                                            else { context.Display(new Tea(pour.Leaf + (pour.Hot ? ", hot" : "")), "text/plain"); }
                                            return Task.CompletedTask;
                                        }
                                    );
                                    return Task.CompletedTask;
                                }
                            }
                        }
                        """,
                        [.. used.Select(each => each.Assembly.Location)]
                    )
                ),
            ]
        );

        var text = await cells.Run($"{feed.Source}#r \"nuget: {id}\"\n#!pour --leaf first\ntypeof({id}.Cup).Name");

        Assert.Equal(
            $"display: Restoring {id}…\nupdate: Referenced {id} 1.0.0.\ndisplay: tea of first\nresult: Cup",
            text
        );
        Assert.Equal("display: tea of green leaves, hot", await cells.Run("#!pour --hot --leaf \"green leaves\""));
        Assert.Equal("display: tea of oolong", await cells.Run("var leaf = \"oolong\";", "#!pour --leaf @leaf"));
        Assert.Contains("#!pour failed: There is no tea.", await cells.Run("#!pour --leaf none"));
        Assert.Contains("--leaf", await cells.Run("#!pour"));
        Assert.Contains("#!pour", await cells.Run("#!lsmagic"));
    }

    [Fact]
    public async Task An_extension_uses_the_kernel_s_commands_whatever_version_cells_have()
    {
        Extend($"notebook.AddMagic(new System.CommandLine.Command(\"{id.ToLowerInvariant()}\", \"Pours tea.\"))");
        feed.Pack(
            $"{id}.Commands",
            "1.0.0",
            "namespace System.CommandLine; public class Tea;",
            assembly: "System.CommandLine",
            version4: "99.0.0.0"
        );

        await cells.Run($"{feed.Source}#r \"nuget: {id}.Commands\"\n#r \"nuget: {id}\"");

        Assert.Contains($"#!{id.ToLowerInvariant()}  ", await cells.Run("#!lsmagic"));
        Assert.Equal(
            "result: 99.0.0.0",
            await cells.Run("typeof(System.CommandLine.Tea).Assembly.GetName().Version!.ToString()")
        );
    }

    private void Extend(string load) =>
        feed.Pack(
            id,
            "1.0.0",
            $"namespace {id}; public class Cup;",
            files:
            [
                (
                    $"interactive-extensions/dotnet/{id}.Notebook.dll",
                    PackageFeed.Compile(
                        $"{id}.Notebook",
                        "1.0.0.0",
                        $$"""public class Extension : Notebook.INotebookExtension { public string Name => "Tea"; public void Load(Notebook.INotebook notebook) => {{load}}; }"""
                    )
                ),
            ]
        );
}
