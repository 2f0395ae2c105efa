namespace House;

/// <summary>A namespace of an assembly. Two assemblies may share a namespace's name.</summary>
/// <param name="Project">The assembly.</param>
/// <param name="Name">The namespace.</param>
public sealed record Box(string Project, string Name);

/// <summary>Who uses whom among the namespaces of a folder's assemblies of ours, as they are compiled.</summary>
internal sealed class Dependencies
{
    /// <summary>
    /// The sentence that everything throws, and two helpers of the language: they stand in the root namespace, where every namespace sees them
    /// without a using, and use nothing themselves.
    /// </summary>
    private static readonly string[] Everybodys = ["TResNetException", "ValueList`1", "Spelling"];

    private Dependencies(ILookup<(Box From, Box To), Use> uses, IReadOnlyCollection<Box> boxes) =>
        (Uses, Boxes) = (uses, boxes);

    /// <summary>What makes each arrow.</summary>
    public ILookup<(Box From, Box To), Use> Uses { get; }

    /// <summary>Every namespace with a type.</summary>
    public IReadOnlyCollection<Box> Boxes { get; }

    /// <summary>The arrows between namespaces.</summary>
    public IEnumerable<(Box From, Box To)> Arrows => Uses.Select(uses => uses.Key);

    /// <summary>The arrows between assemblies.</summary>
    public IEnumerable<(string From, string To)> ProjectArrows =>
        Arrows
            .Select(arrow => (From: arrow.From.Project, To: arrow.To.Project))
            .Where(arrow => arrow.From != arrow.To)
            .Distinct();

    /// <summary>Our assemblies in a folder, those that a user's process loads.</summary>
    public static IReadOnlyList<string> Assemblies(string folder) =>
        [
            .. Directory
                .EnumerateFiles(folder, "*.dll")
                .Where(path =>
                    Path.GetFileName(path).StartsWith("TResNet", StringComparison.Ordinal)
                    || Path.GetFileName(path).StartsWith("Notebook", StringComparison.Ordinal)
                )
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Reads the assemblies of ours in a folder.</summary>
    public static Dependencies Read(string folder)
    {
        var assemblies = Assemblies(folder);
        var home = assemblies
            .SelectMany(path => UsedTypes.DefinedIn(path).Select(type => (Type: type, Project: ProjectOf(path))))
            .Where(defined => defined.Type.Namespace.Length > 0 && defined.Type.Name[0] != '<')
            .DistinctBy(defined => (defined.Type, defined.Project))
            .ToLookup(defined => defined.Type, defined => new Box(defined.Project, defined.Type.Namespace));
        var boxes = home.SelectMany(homes => homes).ToHashSet();
        var uses =
            from path in assemblies
            from use in UsedTypes.In(path)
            where !Everybodys.Contains(use.UsedType)
            let user = new Box(ProjectOf(path), use.Namespace)
            let used = home[(use.UsedNamespace, use.UsedType)].FirstOrDefault()
            where used is not null && user != used && boxes.Contains(user)
            select (Arrow: (user, used), Use: use);
        return new Dependencies(uses.ToLookup(use => use.Arrow, use => use.Use), boxes);
    }

    private static string ProjectOf(string assembly) => Path.GetFileNameWithoutExtension(assembly);
}
