using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>
/// An operator of libtorch failed, or libtorch is not there. The message is for a person: the operator with the shapes it got and the
/// first line of libtorch's reason, or what to install. Derives from <see cref="ExternalException"/>, which the TorchSharp
/// package throws.
/// </summary>
/// <param name="message">The sentence.</param>
/// <param name="inner">The failure underneath, where there is one.</param>
public sealed class LibTorchException(string message, Exception? inner = null) : ExternalException(message, inner);
