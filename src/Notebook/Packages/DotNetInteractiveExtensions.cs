// Extensions for .NET Interactive, where their package brings .NET Interactive's own library along. What they register at
// Microsoft.DotNet.Interactive.Formatting holds here too, for there is one copy of that.
using System.Reflection;

namespace Notebook.Packages;

/// <summary>Loads an <c>IKernelExtension</c> of .NET Interactive into a kernel of .NET Interactive that nobody uses.</summary>
internal static class DotNetInteractiveExtensions
{
    private const string Library = "Microsoft.DotNet.Interactive";

    /// <summary>Loads those of an assembly.</summary>
    /// <returns>How many there are; none where the package does not bring .NET Interactive's library.</returns>
    public static async Task<int> LoadAsync(Assembly assembly)
    {
        var found = 0;
        foreach (var type in TypesOf(assembly).Where(each => each is { IsAbstract: false, IsClass: true }))
        {
            if (
                type.GetInterface($"{Library}.IKernelExtension") is { } contract
                && contract.Assembly.GetType($"{Library}.CompositeKernel") is { } kernel
                && contract.GetMethod("OnLoadAsync") is { } load
            )
            {
                await (Task)load.Invoke(Activator.CreateInstance(type), [WithDefaults(kernel)])!;
                found++;
            }
        }

        return found;
    }

    private static object WithDefaults(Type type)
    {
        var constructor = type.GetConstructors()
            .First(each => each.GetParameters().All(parameter => parameter.HasDefaultValue));
        return constructor.Invoke([.. constructor.GetParameters().Select(each => each.DefaultValue)]);
    }

    private static IEnumerable<Type> TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException incomplete)
        {
            return incomplete.Types.OfType<Type>();
        }
    }
}
