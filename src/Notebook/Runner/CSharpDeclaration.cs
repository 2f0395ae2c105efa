// C# language specification, "Literals" and "Collection expressions": JSON values as C# declares them.
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;

namespace Notebook.Runner;

/// <summary>Writes parameters as C# variables of the type that the notebook declares, or else of the type that the value has.</summary>
internal static partial class CSharpDeclaration
{
    private const string Map = "Dictionary<string, object>";

    /// <summary>A declaration.</summary>
    /// <param name="parameter">The variable and its value.</param>
    /// <param name="declared">The variable's type in the notebook; null when it has none.</param>
    /// <exception cref="CommandException">The value is none of that type.</exception>
    public static string Declare(NotebookParameter parameter, string? declared)
    {
        var type = declared ?? Infer(parameter.Value);
        var bare = type.TrimEnd('?');
        if (parameter.Value is null)
        {
            // The scripts that cells are have no nullable reference types.
            return $"{bare}{(IsNumber(bare) || bare is "bool" or "char" ? "?" : "")} {parameter.Name} = null;";
        }

        return $"{type} {parameter.Name} = {Expression(parameter, bare)};";
    }

    private static string Expression(NotebookParameter parameter, string type)
    {
        var (value, text) = (parameter.Value!, parameter.Text);
        if (type == "string" && value is JsonValue)
        {
            return Quoted(value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : text);
        }

        if (IsInteger(type))
        {
            return value is JsonValue && Fits(type, text)
                ? text
                : throw Mismatch(parameter, type, "a whole number" + (IsWhole(text) ? $" that fits {type}" : ""));
        }

        if (IsNumber(type))
        {
            return value.GetValueKind() == JsonValueKind.Number
                ? Literal(value, type)
                : throw Mismatch(parameter, type, "a number");
        }

        if (type == "bool")
        {
            return value.GetValueKind() is JsonValueKind.True or JsonValueKind.False
                ? Literal(value, type)
                : throw Mismatch(parameter, type, "true or false");
        }

        return Literal(value, type);
    }

    /// <summary>A value as an expression.</summary>
    /// <param name="value">The value.</param>
    /// <param name="target">The type that it is assigned to; null where it has to say its own.</param>
    private static string Literal(JsonNode? value, string? target)
    {
        switch (value)
        {
            case null:
                return "null";
            case JsonArray items:
                var elements = ElementType().Match(target ?? "") is { Success: true } match
                    ? match.Groups["array"].Value + match.Groups["list"].Value
                    : null;
                var inner = items.Select(item => Literal(item, elements is "object" ? null : elements));
                return target is null or "object" or "var"
                    ? $"new {ElementTypeOf(items)}[] {{ {string.Join(", ", inner)} }}"
                    : $"[{string.Join(", ", inner)}]";
            case JsonObject members:
                var pairs = members.Select(member => $"[{Quoted(member.Key)}] = {Literal(member.Value, null)}");
                return $"new{(target is null or "object" ? $" {Map}" : "")}() {{ {string.Join(", ", pairs)} }}";
            default:
                var text = value.ToJsonString();
                return value.GetValueKind() switch
                {
                    JsonValueKind.String => Quoted(value.GetValue<string>()),
                    JsonValueKind.Number => text + Suffix(target, text),
                    _ => text,
                };
        }
    }

    private static string Suffix(string? type, string text) =>
        type switch
        {
            "float" => "f",
            "decimal" => "m",
            null when IsWhole(text) && !Fits("int", text) => "L",
            _ => "",
        };

    private static string Infer(JsonNode? value) =>
        value switch
        {
            null => "object",
            JsonArray items => $"{ElementTypeOf(items)}[]",
            JsonObject => Map,
            _ => value.GetValueKind() switch
            {
                JsonValueKind.String => "string",
                JsonValueKind.True or JsonValueKind.False => "bool",
                _ when !IsWhole(value.ToJsonString()) => "double",
                _ => Fits("int", value.ToJsonString()) ? "int"
                : Fits("long", value.ToJsonString()) ? "long"
                : "double",
            },
        };

    private static string ElementTypeOf(JsonArray items)
    {
        var types = items.Select(Infer).Distinct().ToList();
        return types.Count == 0
            || types.Any(type => type is "object" or Map || type.EndsWith("[]", StringComparison.Ordinal))
                ? "object"
            : types.Count == 1 ? types[0]
            : types.All(type => type is "int" or "long") ? "long"
            : types.All(IsNumber) ? "double"
            : "object";
    }

    private static bool IsInteger(string type) =>
        type is "int" or "long" or "short" or "byte" or "sbyte" or "uint" or "ulong" or "ushort";

    private static bool IsNumber(string type) => IsInteger(type) || type is "double" or "float" or "decimal";

    private static bool IsWhole(string text) =>
        Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    private static bool Fits(string type, string text) =>
        Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && type switch
        {
            "int" => number >= int.MinValue && number <= int.MaxValue,
            "long" => number >= long.MinValue && number <= long.MaxValue,
            "short" => number >= short.MinValue && number <= short.MaxValue,
            "byte" => number >= byte.MinValue && number <= byte.MaxValue,
            "sbyte" => number >= sbyte.MinValue && number <= sbyte.MaxValue,
            "uint" => number >= uint.MinValue && number <= uint.MaxValue,
            "ulong" => number >= ulong.MinValue && number <= ulong.MaxValue,
            _ => number >= ushort.MinValue && number <= ushort.MaxValue,
        };

    private static string Quoted(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    private static CommandException Mismatch(NotebookParameter parameter, string type, string expected) =>
        new(
            $"The parameter {parameter.Name} is {type} in the notebook and cannot be '{parameter.Text}': give it {expected}."
        );

    [GeneratedRegex(@"^(?<array>\w+)\[\]\z|^\w+<(?<list>\w+)>\z")]
    private static partial Regex ElementType();
}
