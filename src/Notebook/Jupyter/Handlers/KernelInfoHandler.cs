// Messaging spec, "Kernel info".
using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis.CSharp;
using Notebook.Jupyter.Kernel;
using Notebook.Jupyter.Messages;
using Notebook.Jupyter.Wire;

namespace Notebook.Jupyter.Handlers;

/// <summary><c>kernel_info_request</c>, on shell and control: the first message that every front end sends.</summary>
internal sealed class KernelInfoHandler : IRequestHandler
{
    private static readonly KernelInfoReply Reply = Describe();

    /// <inheritdoc/>
    public string Type => "kernel_info_request";

    /// <inheritdoc/>
    public Task HandleAsync(Request request)
    {
        request.Reply(Reply);
        return Task.CompletedTask;
    }

    private static KernelInfoReply Describe()
    {
        var version = typeof(KernelInfoHandler).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
        var language = LanguageVersion.Latest.MapSpecifiedToEffectiveVersion().ToDisplayString();
        return new KernelInfoReply(
            MessageFormat.ProtocolVersion,
            "tresnet-notebooks",
            version,
            new LanguageInfo("csharp", language, "text/x-csharp", ".cs", "csharp", "text/x-csharp"),
            $"TResNet Notebooks {version}: C# {language} on {RuntimeInformation.FrameworkDescription}",
            [
                new HelpLink("C#", "https://learn.microsoft.com/dotnet/csharp/"),
                new HelpLink(".NET API", "https://learn.microsoft.com/dotnet/api/"),
                new HelpLink("TResNet (paper)", "https://arxiv.org/abs/2003.13630"),
            ],
            SupportedFeatures: ["kernel subshells"]
        );
    }
}
