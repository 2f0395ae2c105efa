using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Architecture.Tests;

/// <summary>The library shows what people call from cells and programs, and a change of that is seen in review.</summary>
public sealed class PublicApiTests
{
    private const int MostTypes = 90;

    private static readonly IReadOnlyList<string> Types = PublicTypes("TResNet");

    [Fact]
    public void The_library_has_few_public_types() =>
        Assert.True(
            Types.Count <= MostTypes,
            $"TResNet has {Types.Count} public types, at most {MostTypes} are wanted: make internal what nobody calls from a cell.\n{string.Join('\n', Types)}"
        );

    [Fact]
    public void Every_public_type_stands_in_the_list_and_nothing_else_does()
    {
        var listed = new[] { "PublicAPI.Shipped.txt", "PublicAPI.Unshipped.txt" }
            .SelectMany(name => File.ReadLines(Path.Combine(Repository.Root, "src", "TResNet", name)))
            // Members have a bracket, an arrow or a value.
            .Where(line => line.IndexOfAny([' ', '#', '(']) < 0 && line.Length > 0);
        Assert.Equal(Types, listed.Order(StringComparer.Ordinal));
    }

    internal static IReadOnlyList<string> PublicTypes(string assembly)
    {
        using var file = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly + ".dll")));
        var reader = file.GetMetadataReader();
        return
        [
            .. reader
                .TypeDefinitions.Select(reader.GetTypeDefinition)
                .Where(IsShown)
                .Select(type => $"{NamespaceOf(type)}.{reader.GetString(type.Name)}")
                // The compiler keeps extension blocks in types with names that cannot be written.
                .Where(name => !name.Contains('<'))
                .Order(StringComparer.Ordinal),
        ];

        bool IsShown(TypeDefinition type) =>
            (type.Attributes & TypeAttributes.VisibilityMask) switch
            {
                TypeAttributes.Public => true,
                TypeAttributes.NestedPublic => IsShown(reader.GetTypeDefinition(type.GetDeclaringType())),
                _ => false,
            };

        string NamespaceOf(TypeDefinition type) =>
            type.GetDeclaringType() is { IsNil: false } outer
                ? $"{NamespaceOf(reader.GetTypeDefinition(outer))}.{reader.GetString(reader.GetTypeDefinition(outer).Name)}"
                : reader.GetString(type.Namespace);
    }
}
