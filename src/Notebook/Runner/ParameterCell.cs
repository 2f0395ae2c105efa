// papermill, "Parameterize": a cell with what was given goes after the cell with the defaults, or first where there is none.
using System.Text.Json.Nodes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Notebook.Documents;
using Notebook.Language;

namespace Notebook.Runner;

/// <summary>Puts parameters into a notebook.</summary>
internal static class ParameterCell
{
    /// <summary>Adds the cell that sets the parameters, or renews that of an earlier run.</summary>
    /// <returns>What looks like a mistake: a sentence for each parameter that the notebook does not declare.</returns>
    /// <exception cref="CommandException">A value is none of its variable's type.</exception>
    public static IReadOnlyList<string> Inject(NotebookDocument document, NotebookParameters parameters)
    {
        if (parameters.Count == 0)
        {
            return [];
        }

        var defaults = document.Cells.FindIndex(cell => CellRole.Has(cell, CellRole.Parameters));
        var declared = defaults < 0 ? [] : Declarations(document.Cells[defaults].Source);
        var lines = parameters.All.Select(each =>
            CSharpDeclaration.Declare(each, declared.GetValueOrDefault(each.Name))
        );
        var cell = new NotebookCell(CellLanguage.CSharp, $"// {CellRole.Injected}\n{string.Join('\n', lines)}")
        {
            Metadata = new JsonObject { ["tags"] = new JsonArray(CellRole.Injected) },
        };
        var earlier = document.Cells.FindIndex(each => CellRole.Has(each, CellRole.Injected));
        if (earlier >= 0)
        {
            cell.Id = document.Cells[earlier].Id;
            document.Cells[earlier] = cell;
        }
        else
        {
            document.Cells.Insert(defaults + 1, cell);
        }

        return defaults < 0
            ? ["The notebook has no cell tagged parameters, so what was given is set in front of its first cell."]
            :
            [
                .. parameters
                    .All.Where(each => !declared.ContainsKey(each.Name))
                    .Select(each => Unknown(each.Name, declared)),
            ];
    }

    private static string Unknown(string name, Dictionary<string, string?> declared)
    {
        var near = NameSuggestions.Of(name, declared.Keys);
        return $"The notebook declares no parameter '{name}'"
            + (
                near.Count > 0 ? $": did you mean {NameSuggestions.Listed(near)}?"
                : declared.Count > 0 ? $": it has {NameSuggestions.Listed([.. declared.Keys], "and")}."
                : "."
            );
    }

    /// <summary>The variables that a cell declares, with their types; null where only the compiler would know.</summary>
    private static Dictionary<string, string?> Declarations(string source)
    {
        var code = string.Join(
            '\n',
            CellSplitter
                .Split(source)
                .Where(segment => segment.Kind == SegmentKind.CSharp)
                .Select(segment => segment.Text)
        );
        var root = CSharpSyntaxTree
            .ParseText(code, new CSharpParseOptions(LanguageVersion.Latest, kind: SourceCodeKind.Script))
            .GetRoot();
        var declared = new Dictionary<string, string?>();
        foreach (
            var declaration in root.ChildNodes().OfType<FieldDeclarationSyntax>().Select(field => field.Declaration)
        )
        {
            foreach (var variable in declaration.Variables)
            {
                declared[variable.Identifier.ValueText] = declaration.Type.IsVar
                    ? TypeOf(variable.Initializer?.Value)
                    : declaration.Type.ToString();
            }
        }

        return declared;
    }

    private static string? TypeOf(ExpressionSyntax? value) =>
        value switch
        {
            PrefixUnaryExpressionSyntax { Operand: var operand } => TypeOf(operand),
            LiteralExpressionSyntax { Token.Value: var constant } => constant switch
            {
                int => "int",
                long => "long",
                float => "float",
                double => "double",
                decimal => "decimal",
                bool => "bool",
                string => "string",
                _ => null,
            },
            InterpolatedStringExpressionSyntax => "string",
            ObjectCreationExpressionSyntax { Type: var type } => type.ToString(),
            ArrayCreationExpressionSyntax { Type: var type } => $"{type.ElementType}[]",
            _ => null,
        };
}
