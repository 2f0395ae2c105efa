// A type as C# source, for the declarations that give a host's values to cells.
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;

namespace Notebook.Session.Variables;

/// <summary>Finds the type that a cell may call a value, and writes it as C#.</summary>
internal static partial class TypeNames
{
    private static readonly Dictionary<string, string> Keywords = new()
    {
        ["global::System.Boolean"] = "bool",
        ["global::System.Byte"] = "byte",
        ["global::System.Char"] = "char",
        ["global::System.Decimal"] = "decimal",
        ["global::System.Double"] = "double",
        ["global::System.Int16"] = "short",
        ["global::System.Int32"] = "int",
        ["global::System.Int64"] = "long",
        ["global::System.Object"] = "object",
        ["global::System.Single"] = "float",
        ["global::System.String"] = "string",
    };

    private static readonly Type[] Collections =
    [
        typeof(IReadOnlyDictionary<,>),
        typeof(IReadOnlyList<>),
        typeof(IEnumerable<>),
    ];

    /// <summary>
    /// The type itself when cells can name it, else its first base that they can; where that says nothing but
    /// <see cref="object"/>, the collection interface it implements.
    /// </summary>
    public static Type Visible(Type type)
    {
        for (var current = type; current is not null && current != typeof(object); current = current.BaseType)
        {
            if (IsNameable(current))
            {
                return current;
            }
        }

        return Collections
                .SelectMany(collection =>
                    type.GetInterfaces()
                        .Where(each => each.IsGenericType && each.GetGenericTypeDefinition() == collection)
                )
                .FirstOrDefault(IsNameable)
            ?? typeof(object);
    }

    /// <summary>The type as one says it: <c>List&lt;string&gt;</c>.</summary>
    public static string Short(Type type) =>
        Words()
            .Replace(
                Source(Visible(type)),
                word => Keywords.TryGetValue(word.Value, out var keyword) ? keyword : word.Groups["name"].Value
            );

    /// <summary>The type as C# source, fully qualified.</summary>
    public static string Source(Type type)
    {
        if (type.IsArray)
        {
            return ArraySource(type);
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Source(underlying) + "?";
        }

        var arguments = new Queue<Type>(type.GetGenericArguments());
        var nesting = new Stack<Type>();
        for (var current = type; current is not null && !IsSubmission(current); current = current.DeclaringType)
        {
            nesting.Push(current);
        }

        var outer = nesting.Peek();
        var parts = nesting.Select(level => Segment(level, arguments)).ToList();
        var prefix =
            outer.DeclaringType is not null ? ""
            : outer.Namespace is { } name ? "global::" + string.Join('.', name.Split('.').Select(Escape)) + "."
            : "global::";
        return prefix + string.Join('.', parts);
    }

    /// <summary>Every assembly that naming the type needs.</summary>
    public static IEnumerable<System.Reflection.Assembly> Assemblies(Type type)
    {
        if (type.HasElementType)
        {
            return Assemblies(type.GetElementType()!);
        }

        return type.GetGenericArguments().SelectMany(Assemblies).Append(type.Assembly).Distinct();
    }

    /// <summary>Whether the type is the class that Roslyn scripting wraps around a cell.</summary>
    public static bool IsSubmission(Type type) =>
        type.DeclaringType is null && type.Name.StartsWith("Submission#", StringComparison.Ordinal);

    private static bool IsNameable(Type type)
    {
        if (type.IsPointer || type.IsByRef || type.IsByRefLike)
        {
            return false;
        }

        if (type.HasElementType)
        {
            return IsNameable(type.GetElementType()!);
        }

        if (!SyntaxFacts.IsValidIdentifier(type.Name.Split('`')[0]))
        {
            return false;
        }

        var reachable = type.DeclaringType is { } outer
            ? type.IsNestedPublic && (IsSubmission(outer) || IsNameable(outer))
            : type.IsPublic;
        return reachable && type.GetGenericArguments().All(IsNameable);
    }

    private static string ArraySource(Type type)
    {
        var ranks = "";
        var element = type;
        while (element.IsArray)
        {
            ranks += "[" + new string(',', element.GetArrayRank() - 1) + "]";
            element = element.GetElementType()!;
        }

        return Source(element) + ranks;
    }

    private static string Segment(Type level, Queue<Type> arguments)
    {
        var name = level.Name.Split('`');
        var own = name.Length > 1 ? int.Parse(name[1]) : 0;
        var taken = Enumerable.Range(0, own).Select(_ => Source(arguments.Dequeue())).ToList();
        return Escape(name[0]) + (own == 0 ? "" : $"<{string.Join(", ", taken)}>");
    }

    /// <summary>A name as code writes it: with an @ before a keyword.</summary>
    public static string Escape(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;

    [GeneratedRegex(@"global::(\w+\.)*(?<name>\w+)")]
    private static partial Regex Words();
}
