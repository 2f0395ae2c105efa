using System.ComponentModel;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Notebook.Session;

/// <summary>What symbols are called.</summary>
internal static class SymbolWords
{
    /// <summary>One word for what a symbol is.</summary>
    public static string Kind(ISymbol symbol) =>
        symbol switch
        {
            ILocalSymbol or IRangeVariableSymbol => "variable",
            { ContainingType.IsScriptClass: true } and (IFieldSymbol or IPropertySymbol) => "variable",
            IParameterSymbol => "parameter",
            IMethodSymbol => "method",
            IPropertySymbol => "property",
            IFieldSymbol { ContainingType.TypeKind: TypeKind.Enum } => "enum member",
            IFieldSymbol { IsConst: true } => "constant",
            IFieldSymbol => "field",
            IEventSymbol => "event",
            INamespaceSymbol => "namespace",
            ITypeParameterSymbol => "type parameter",
            INamedTypeSymbol { IsRecord: true } => "record",
            INamedTypeSymbol type => type.TypeKind.ToString().ToLowerInvariant(),
            _ => symbol.Kind.ToString().ToLowerInvariant(),
        };

    /// <summary>A name as code writes it: with an @ before a keyword.</summary>
    public static string Escaped(string name) =>
        SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;

    /// <summary>Whether a symbol is for code that people write: not the compiler's, nor hidden by its author.</summary>
    public static bool IsForPeople(ISymbol symbol) =>
        !symbol.Name.StartsWith('<')
        && !symbol
            .GetAttributes()
            .Any(each =>
                each.AttributeClass?.Name == nameof(EditorBrowsableAttribute)
                && each.ConstructorArguments is [{ Value: (int)EditorBrowsableState.Never }]
            );
}
