using System.Runtime.CompilerServices;
using TResNet.Compute;

namespace TResNet.Tests;

/// <summary>A test may touch TorchSharp before anything of TResNet's.</summary>
internal static class TorchLoading
{
    [ModuleInitializer]
    internal static void Prepare() => TorchLibrary.Load();
}
