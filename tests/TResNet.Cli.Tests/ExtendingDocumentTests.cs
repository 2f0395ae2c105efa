using System.Reflection;
using System.Runtime.Loader;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TorchSharp;
using TResNet.Architectures;
using TResNet.Building;
using TResNet.Cli.Tests.Packages;
using TResNet.Layers;

namespace TResNet.Cli.Tests;

/// <summary>The files of the tree that docs/add-an-architecture.md shows compile against the library and compute what they are said to.</summary>
public sealed partial class ExtendingDocumentTests
{
    // One of those that see the library's internals, and not loaded here.
    private const string Friend = "TResNet.Benchmarks";

    [Fact]
    public void The_family_and_its_attention_compile_train_and_compute_the_formula()
    {
        var assembly = Compile(
            File()
                .Matches(System.IO.File.ReadAllText(Path.Combine(PackageFeed.Root, "docs", "add-an-architecture.md")))
                .Select(match => match.Groups["code"].Value)
        );
        var family = assembly.GetType("TResNet.Architectures.SimResNetFamily", throwOnError: true)!;
        var listed = (IReadOnlyList<StagedArchitecture>)family.GetProperty("All")!.GetValue(null)!;

        Assert.Equal("simresnet50", Assert.Single(listed).Listed.Name);
        using var scope = torch.NewDisposeScope();
        using var network = (listed[0] with { Depths = [1] }).Build(numClasses: 3);
        using var loss = network.call(torch.rand(2, 3, 32, 32)).square().sum();
        loss.backward();
        Assert.All(network.parameters(), parameter => Assert.NotNull(parameter.grad));
        // One for each of the four blocks.
        Assert.Equal(4, network.modules().OfType<IAttentionLayer>().Count());

        using var layer = listed[0].Attention.Make(new AttentionPlace(1, 1, 1, IsBasic: false))!;
        float[] values = [1, 2, 6, 3];
        var gated = layer.call(torch.tensor(values).view(1, 1, 2, 2)).data<float>().ToArray();
        var mean = values.Average();
        var variance = values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1);
        for (var i = 0; i < values.Length; i++)
        {
            var score = (values[i] - mean) * (values[i] - mean) / (4 * (variance + 1e-4)) + 0.5;
            Assert.Equal(values[i] / (1 + Math.Exp(-score)), gated[i], 1e-5);
        }
    }

    private static Assembly Compile(IEnumerable<string> files)
    {
        // Those that the project file imports.
        const string Imported =
            "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;";
        var compilation = CSharpCompilation.Create(
            Friend,
            files.Append(Imported).Select(code => CSharpSyntaxTree.ParseText(code)),
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
                .Split(Path.PathSeparator)
                .Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)
        );
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        image.Position = 0;
        return new AssemblyLoadContext(Friend).LoadFromStream(image);
    }

    [GeneratedRegex(@"^```csharp\n(?<code>// src/.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex File();
}
