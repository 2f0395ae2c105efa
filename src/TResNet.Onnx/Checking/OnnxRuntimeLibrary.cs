using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using TResNet.Compute;

namespace TResNet.Onnx;

/// <summary>
/// ONNX Runtime where it is at hand, without being needed: an assembly that a notebook or a program refers to, or the package in NuGet's folder. Called by
/// reflection, so that nothing here depends on it.
/// </summary>
internal sealed class OnnxRuntimeLibrary
{
    /// <summary>How to get it, to follow a sentence that it is not there.</summary>
    public const string HowToGet =
        "in a notebook, #r \"nuget: Microsoft.ML.OnnxRuntime\"; for the shell, dotnet package download Microsoft.ML.OnnxRuntime Microsoft.ML.OnnxRuntime.Managed --output ~/.nuget/packages";

    private const string Name = "Microsoft.ML.OnnxRuntime";
    private const string Package = "microsoft.ml.onnxruntime";
    private const string Native = "onnxruntime";

    private readonly Assembly assembly;

    private OnnxRuntimeLibrary(Assembly assembly) => this.assembly = assembly;

    /// <summary>Its version.</summary>
    public string Version => assembly.GetName().Version!.ToString(3);

    /// <summary>The library; null where it is nowhere.</summary>
    public static OnnxRuntimeLibrary? Find()
    {
        var loaded = AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(each => each.GetName().Name == Name);
        return (loaded ?? Referred() ?? InPackages()) is { } found ? new OnnxRuntimeLibrary(found) : null;
    }

    /// <summary>Opens a file; what comes is disposed by the caller.</summary>
    public IDisposable Open(string path)
    {
        using var options = (IDisposable)Activator.CreateInstance(Type("SessionOptions"))!;

        // Errors alone: that an operator has no kernel of float16 is no news.
        var level = options.GetType().GetProperty("LogSeverityLevel")!;
        level.SetValue(options, Enum.Parse(level.PropertyType, "ORT_LOGGING_LEVEL_ERROR"));
        return (IDisposable)Create(Type("InferenceSession"), path, options);
    }

    /// <summary>Computes a file's outputs.</summary>
    /// <param name="session">What <see cref="Open"/> gave.</param>
    /// <param name="input">The input's name.</param>
    /// <param name="values">Its values.</param>
    /// <param name="shape">[N, C, H, W].</param>
    /// <returns>The values of each output.</returns>
    public IReadOnlyList<float[]> Run(IDisposable session, string input, float[] values, IReadOnlyList<long> shape)
    {
        var array = Array.CreateInstance(typeof(float), [.. shape]);
        Buffer.BlockCopy(values, 0, array, 0, values.Length * sizeof(float));
        var toTensor = Type("Tensors.ArrayTensorExtensions")
            .GetMethods()
            .Single(method => method.Name == "ToTensor" && method.GetParameters()[0].ParameterType == typeof(Array));
        var tensor = toTensor.MakeGenericMethod(typeof(float)).Invoke(null, [array, false]);
        var named = Type("NamedOnnxValue");
        var value = named
            .GetMethod("CreateFromTensor")!
            .MakeGenericMethod(typeof(float))
            .Invoke(null, [input, tensor])!;
        var inputs = Array.CreateInstance(named, 1);
        inputs.SetValue(value, 0);
        var run = session.GetType().GetMethod("Run", [typeof(IReadOnlyCollection<>).MakeGenericType(named)])!;
        using var results = (IDisposable)Invoke(() => run.Invoke(session, [inputs])!);
        return
        [
            .. ((IEnumerable<object>)results).Select(result =>
                ((IEnumerable<float>)named.GetProperty("Value")!.GetValue(result)!).ToArray()
            ),
        ];
    }

    private Type Type(string name) => assembly.GetType($"{Name}.{name}", throwOnError: true)!;

    private static object Create(Type type, params object[] arguments) =>
        Invoke(() => Activator.CreateInstance(type, arguments)!);

    private static object Invoke(Func<object> call)
    {
        try
        {
            return call();
        }
        catch (TargetInvocationException error) when (error.InnerException is { } reason)
        {
            throw new TResNetException($"ONNX Runtime refused: {reason.Message.Split('\n')[0].TrimEnd('.')}.", reason);
        }
    }

    private static Assembly? Referred()
    {
        try
        {
            return Assembly.Load(Name);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static Assembly? InPackages()
    {
        var home = Path.GetDirectoryName(typeof(OnnxRuntimeLibrary).Assembly.Location) ?? "";
        foreach (var root in TorchFolders.PackageRoots(home).Where(Directory.Exists))
        {
            foreach (var folder in TorchFolders.Versions(root, Package))
            {
                var native = Path.Combine(folder, TorchFolders.Natives, $"lib{Native}.so");
                var managed = Path.Combine(
                    root,
                    $"{Package}.managed",
                    Path.GetFileName(folder),
                    "lib/net8.0",
                    $"{Name}.dll"
                );
                if (File.Exists(native) && File.Exists(managed))
                {
                    AssemblyLoadContext.Default.ResolvingUnmanagedDll += (asking, name) =>
                        asking.GetName().Name == Name && name.Contains(Native, StringComparison.Ordinal)
                            ? NativeLibrary.Load(native)
                            : 0;
                    return AssemblyLoadContext.Default.LoadFromAssemblyPath(managed);
                }
            }
        }

        return null;
    }
}
