using System.ComponentModel;
using Microsoft.CodeAnalysis;

namespace Notebook.Session.Language;

/// <summary>What symbols are called.</summary>
internal static class SymbolNames
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
