using Notebook.Packages;

namespace Notebook.Tests;

/// <summary>A fact about packages of NuGet's configured sources, skipped with the reason where these cannot be reached.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactIfRestoringAttribute : FactAttribute
{
    public FactIfRestoringAttribute() => Skip = Reason.Value;

    public static Lazy<string?> Reason { get; } =
        new(() =>
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            try
            {
                new PackageRestore(Path.Combine(HostProduct.Unnamed.CacheFolder, "packages"))
                    .RunAsync([("Newtonsoft.Json", "13.0.4")], [], [], patience.Token)
                    .GetAwaiter()
                    .GetResult();
                return null;
            }
            catch (Exception exception) when (exception is CommandException or OperationCanceledException)
            {
                return $"NuGet's sources cannot be reached: {exception.Message}";
            }
        });
}

/// <inheritdoc cref="FactIfRestoringAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TheoryIfRestoringAttribute : TheoryAttribute
{
    public TheoryIfRestoringAttribute() => Skip = FactIfRestoringAttribute.Reason.Value;
}
