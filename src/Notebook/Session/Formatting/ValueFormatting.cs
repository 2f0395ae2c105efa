// A value as a MIME bundle, by the formatters of Microsoft.DotNet.Interactive.Formatting 1.0.0-beta: what was written for
// .NET Interactive, by registration or by the TypeFormatterSource attribute, works here.
using System.Collections;
using Microsoft.AspNetCore.Html;
using Microsoft.DotNet.Interactive.Formatting;
using Notebook.Outputs;

namespace Notebook.Session.Formatting;

/// <summary>Turns values into MIME bundles.</summary>
internal static class ValueFormatting
{
    private static readonly HashSet<ITypeFormatter> BuiltIn =
    [
        .. Formatter.RegisteredFormatters().Except(Formatter.RegisteredFormatters(includeDefaults: false)),
    ];

    /// <summary>
    /// Every form that a formatter was registered for, then <c>text/html</c> and <c>text/plain</c>. A type whose preferred
    /// MIME types leave HTML out (strings, for one) has none.
    /// </summary>
    public static MimeBundle Format(object? value)
    {
        value = AsSequence(value);
        var bundle = new MimeBundle();
        foreach (var type in TypesFor(value?.GetType() ?? typeof(object)))
        {
            bundle.Add(type, Text(value, type));
        }

        return bundle;
    }

    /// <summary>The given forms alone, and plain text.</summary>
    public static MimeBundle Format(object? value, IReadOnlyCollection<string> mimeTypes)
    {
        if (mimeTypes.Count == 0)
        {
            return Format(value);
        }

        value = AsSequence(value);
        var bundle = new MimeBundle();
        foreach (var type in mimeTypes.Append(PlainTextFormatter.MimeType).Distinct())
        {
            bundle.Add(type, Text(value, type));
        }

        return bundle;
    }

    /// <summary>Forms that somebody has made of a value, and plain text: a page has room for HTML alone, a terminal and a log have not.</summary>
    public static MimeBundle Of(IReadOnlyCollection<FormattedValue> forms, object? value)
    {
        var bundle = new MimeBundle();
        foreach (var form in forms)
        {
            bundle.Add(form.MimeType, form.Value);
        }

        if (!bundle.TryGet(PlainTextFormatter.MimeType, out _))
        {
            bundle.Add(
                PlainTextFormatter.MimeType,
                value is null ? forms.FirstOrDefault()?.Value ?? "" : Text(value, PlainTextFormatter.MimeType)
            );
        }

        return bundle;
    }

    /// <summary>What a function with <c>yield return</c> gives, as a sequence: the formatters take its class for an object without members.</summary>
    private static object? AsSequence(object? value) =>
        // An array of anonymous types has their name.
        value is IEnumerable sequence and not Array
        && value.GetType().Name.StartsWith('<')
            ? Sequence((dynamic)sequence)
            : value;

    private static IEnumerable<T> Sequence<T>(IEnumerable<T> iterator) => iterator.Select(each => each);

    private static IEnumerable<object?> Sequence(IEnumerable iterator) => iterator.Cast<object?>().Select(each => each);

    private static string Text(object? value, string type)
    {
        using var culture = Cultures.Invariant();
        if (type is not (HtmlFormatter.MimeType or PlainTextFormatter.MimeType) || value is string or IHtmlContent)
        {
            return value.ToDisplayString(type);
        }

        var text = Registered(value?.GetType() ?? typeof(object)).Contains(type)
            ? value.ToDisplayString(type)
            : ObjectTrees.Of(value, type);
        return type == HtmlFormatter.MimeType ? SortedTables.In(text) : text;
    }

    private static IEnumerable<string> TypesFor(Type type)
    {
        // Asking first also runs the type's own formatter source, which registers what the next line finds.
        var preferred = Formatter.GetPreferredMimeTypesFor(type);
        return preferred
            .Concat(Registered(type))
            .Append(PlainTextFormatter.MimeType)
            .Distinct()
            .OrderBy(mimeType =>
                mimeType switch
                {
                    PlainTextFormatter.MimeType => 2,
                    HtmlFormatter.MimeType => 1,
                    _ => 0,
                }
            );
    }

    /// <summary>The forms that somebody has written a formatter for.</summary>
    private static IEnumerable<string> Registered(Type type) =>
        Formatter
            .RegisteredFormatters()
            .Where(formatter => !BuiltIn.Contains(formatter) && IsFor(formatter.Type, type))
            .Select(formatter => formatter.MimeType);

    private static bool IsFor(Type formatted, Type type) =>
        formatted.IsAssignableFrom(type)
        || formatted.IsGenericTypeDefinition
            && type.GetInterfaces()
                .Concat(SelfAndBases(type))
                .Any(candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == formatted);

    private static IEnumerable<Type> SelfAndBases(Type type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            yield return current;
        }
    }
}
