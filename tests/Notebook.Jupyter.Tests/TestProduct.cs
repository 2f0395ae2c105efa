namespace Notebook.Jupyter.Tests;

/// <summary>A program that hosts the kernel, with every name its own.</summary>
internal static class TestProduct
{
    public static HostProduct Value { get; } =
        new()
        {
            Name = "under-test",
            DisplayName = "Under test (C#)",
            Title = "Notebooks under test",
            Implementation = "test-notebooks",
            Version = "7.8.9",
            HelpLinks = [new("Manual", "https://example.org/manual")],
            KernelFiles =
            [
                new("logo-64x64.png", () => new MemoryStream([1, 2, 3])),
                new("logo-svg.svg", () => new MemoryStream([4])),
            ],
        };
}
