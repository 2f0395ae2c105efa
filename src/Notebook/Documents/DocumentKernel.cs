using System.Text.Json.Nodes;

namespace Notebook.Documents;

/// <summary>The kernel that a notebook names as its own (nbformat, <c>metadata.kernelspec</c>).</summary>
/// <param name="Name">The name that Jupyter finds it by.</param>
/// <param name="DisplayName">What menus show.</param>
public sealed record DocumentKernel(string Name, string DisplayName)
{
    /// <summary>The value of <c>kernelspec</c>.</summary>
    internal JsonObject ToJson() =>
        new()
        {
            ["display_name"] = DisplayName,
            ["language"] = "csharp",
            ["name"] = Name,
        };
}
